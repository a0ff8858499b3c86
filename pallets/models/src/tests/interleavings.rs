//! Any order of calls, findings and blocks keeps all invariants: every unit of deposit is accounted for, names and
//! prices keep the meaning that was announced, no model escapes a quarantine, and in the end every owner can get all
//! deposits back except those for the records of its models.

use crate::{mock::*, Call, Families, ModelStatus as Status, Models as Registered, Versions};
use assay_primitives::{
	names::{skeleton, FamilyName, VersionName},
	probe::{Finding, Flaw},
	traits::ModelRegistry,
	FaultCode, JobId, ModelId, ModelRef, OutcomeDigest,
};
use frame_support::traits::fungible::Inspect;
use proptest::{prelude::*, sample::Index};
use sp_core::H256;
use std::collections::{BTreeMap, BTreeSet};

/// The accounts that may own something; the last one does not exist.
const OWNERS: [u64; 4] = [ALICE, BOB, POOR, NOBODY];
/// Names: some look alike, some are invalid.
const NAMES: [&str; 6] = ["digits", "d1gits", "letters", "le-tters", "Digits", "latest"];
const VERSIONS: [&str; 4] = ["1.0", "1.1", "2", "latest"];

#[derive(Clone, Debug)]
enum Step {
	/// A call by any account, which is often refused.
	Call(u64, Call<Test>),
	/// A call by the owner of its model or family, if there is one.
	Owners(Call<Test>),
	Submit(u64, Submission),
	/// A finding of one of the probes that have begun.
	Conclude(Index, Option<Finding>),
	Wait(u64),
}

fn name(text: &str) -> FamilyName {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn version(text: &str) -> VersionName {
	text.as_bytes().to_vec().try_into().unwrap()
}

/// Returns one of six models, with various metadata and statements, some of them invalid.
fn any_submission() -> impl Strategy<Value = Submission> {
	let wrong = prop::sample::select(vec![false, false, false, false, false, true]);
	(1u32..=6, 0usize..40, 0u64..100, 0u32..8, wrong, any::<u8>()).prop_map(
		|(batch, said, royalty, items, wrong, answer)| {
			let mut submission = Submission {
				metadata: metadata(b"Digits", &vec![b'x'; said]),
				royalty,
				statement: statement(items),
				max_fee: if wrong { 0 } else { 1_000 },
				..Submission::batch(batch)
			};
			submission.statement.golden.answer = OutcomeDigest(H256::repeat_byte(answer));
			submission.statement.manifest.macs = u64::from(answer) * 100;
			submission
		},
	)
}

fn any_step() -> impl Strategy<Value = Step> {
	let owner = || prop::sample::select(OWNERS.to_vec());
	let model = || (1u32..=7).prop_map(|batch| Submission::batch(batch).id());
	let family = || prop::sample::select(NAMES.to_vec()).prop_map(name);
	let number = || prop::sample::select(VERSIONS.to_vec()).prop_map(version);
	let reason = Some(H256::repeat_byte(7));
	let finding = prop_oneof![
		12 => Just(Some(Ok(()))),
		1 => Just(Some(Err(Flaw::DoesNotLoad(FaultCode::NotOnnx)))),
		1 => Just(Some(Err(Flaw::OutcomeMismatch))),
		1 => Just(None),
	];
	let owners = prop_oneof![
		3 => model().prop_map(|model| Call::retire { model }),
		4 => (model(), 0usize..60).prop_map(|(model, said)| Call::set_metadata {
			model,
			metadata: metadata(b"Digits", &vec![b'y'; said]),
		}),
		6 => (model(), 0u64..100).prop_map(|(model, royalty)| Call::announce_royalty { model, royalty }),
		4 => (model(), owner()).prop_map(|(model, to)| Call::transfer { model, to }),
		4 => (family(), owner()).prop_map(|(name, to)| Call::transfer_family { name, to }),
		1 => family().prop_map(|name| Call::release_family { name }),
		16 => (family(), number(), model(), any::<bool>())
			.prop_map(|(name, version, model, latest)| Call::publish { family: name, version, model, latest }),
		6 => (family(), number()).prop_map(|(name, version)| Call::set_latest { family: name, version }),
	];
	let votes = prop_oneof![
		5 => model().prop_map(move |model| Call::list { model, reason }),
		3 => model().prop_map(move |model| Call::delist { model, reason }),
		3 => model().prop_map(move |model| Call::quarantine { model, reason }),
		6 => model().prop_map(move |model| Call::release { model, reason }),
		1 => model().prop_map(move |model| Call::bar { model, reason }),
	];
	let engines = prop_oneof![
		3 => Just(Call::list_engine { engine: ENGINE, reason }),
		1 => (0u64..4).prop_map(move |notice| Call::retire_engine {
			engine: ENGINE,
			notice,
			reason,
		}),
	];
	// Mostly wealthy accounts, or little would succeed.
	let caller = prop::sample::select(vec![ALICE, ALICE, ALICE, ALICE, ALICE, BOB, BOB, BOB, POOR, NOBODY]);
	let claim = family().prop_map(|name| Call::claim_family { name });
	prop_oneof![
		8 => (caller.clone(), any_submission()).prop_map(|(owner, submission)| Step::Submit(owner, submission)),
		8 => (any::<Index>(), finding).prop_map(|(which, finding)| Step::Conclude(which, finding)),
		4 => (caller.clone(), claim).prop_map(|(owner, call)| Step::Call(owner, call)),
		24 => owners.clone().prop_map(Step::Owners),
		6 => (caller, owners).prop_map(|(who, call)| Step::Call(who, call)),
		6 => votes.prop_map(|call| Step::Call(REGISTRAR, call)),
		1 => engines.prop_map(|call| Step::Call(ENGINEER, call)),
		4 => (1..NOTICE).prop_map(Step::Wait),
	]
}

/// Returns the owner of the model or family of `call`.
fn owner_of(call: &Call<Test>) -> Option<u64> {
	match call {
		Call::retire { model }
		| Call::set_metadata { model, .. }
		| Call::announce_royalty { model, .. }
		| Call::transfer { model, .. } => Registered::<Test>::get(model).map(|model| model.owner),
		Call::transfer_family { name, .. }
		| Call::release_family { name }
		| Call::publish { family: name, .. }
		| Call::set_latest { family: name, .. } => Models::family(name.clone())?.owner,
		_ => None,
	}
}

/// What was announced, and the expected balances.
struct Expected {
	/// The models that token holders have stopped and not released.
	stopped: BTreeSet<ModelId>,
	/// What each owner has, free and on hold.
	balances: BTreeMap<u64, u64>,
	/// What was paid for probes.
	fees: u64,
	/// What was burned for probes in vain.
	burned: u64,
	/// The model of each version. Never changes.
	versions: BTreeMap<(FamilyName, VersionName), ModelId>,
	/// The closed families, and their latest versions. Never changes either.
	closed: BTreeMap<FamilyName, Option<ModelId>>,
	/// The royalties as announced, by the block from which they apply; the last one that is due is current.
	royalties: BTreeMap<ModelId, BTreeMap<u64, u64>>,
}

/// Returns the deposit of the family with this name.
fn deposit_of(name: &FamilyName) -> u64 {
	let versions = Families::<Test>::get(skeleton(name)).unwrap().versions;
	FAMILY_DEPOSIT + u64::from(versions) * VERSION_DEPOSIT
}

impl Expected {
	/// Begins with some models and families.
	fn begin() -> Self {
		let mut expected = Self {
			stopped: Default::default(),
			balances: OWNERS.map(|owner| (owner, Balances::total_balance(&owner))).into(),
			fees: 0,
			burned: 0,
			versions: Default::default(),
			closed: Default::default(),
			royalties: Default::default(),
		};
		for (batch, owner) in [(1, ALICE), (2, ALICE), (3, BOB)] {
			let submission = Submission::batch(batch);
			let model = submission.id();
			expected.apply(Step::Submit(owner, submission));
			conclude(model, Some(Ok(())));
		}
		for (family, owner) in [("digits", ALICE), ("letters", BOB)] {
			let name = name(family);
			expected.apply(Step::Call(owner, Call::claim_family { name }));
		}
		expected
	}

	fn apply(&mut self, step: Step) {
		match step {
			Step::Call(who, call) => {
				if dispatch(who, call.clone()).is_ok() {
					self.record(who, call);
				}
			}
			Step::Owners(call) => {
				if let Some(owner) = owner_of(&call) {
					self.apply(Step::Call(owner, call));
				}
			}
			Step::Submit(owner, submission) => {
				let fee = submission.quote().1.total();
				if submission.submit(owner).is_ok() {
					*self.balances.get_mut(&owner).unwrap() -= fee;
					self.fees += fee;
					let royalties = BTreeMap::from([(System::block_number(), submission.royalty)]);
					self.royalties.insert(submission.id(), royalties);
				}
			}
			Step::Conclude(which, finding) => {
				let probes = Probes::get();
				if !probes.is_empty() {
					self.conclude(which.get(&probes).0, finding);
				}
			}
			Step::Wait(blocks) => System::set_block_number(System::block_number() + blocks),
		}
	}

	/// Ends a probe, which costs a part of the deposit if it was in vain.
	fn conclude(&mut self, job: JobId, finding: Option<Finding>) {
		let model = Registered::<Test>::iter_values().find(|model| model.probe == job);
		if let Some(model) = model.filter(|model| model.status == Status::Probation && finding.is_none()) {
			let price = FAILED_PROBE * (System::block_number() - model.submitted_at);
			let burned = price.min(model.deposit - record_deposit(&model.spec));
			*self.balances.get_mut(&model.owner).unwrap() -= burned;
			self.burned += burned;
		}
		conclude_job(job, finding);
	}

	/// Checks that `call` by `who`, which succeeded, has not let a model out of a quarantine, and records it.
	fn record(&mut self, who: u64, call: Call<Test>) {
		let now = System::block_number();
		match call {
			Call::quarantine { model, .. } | Call::bar { model, .. } => {
				self.stopped.insert(model);
			}
			Call::release { model, .. } => {
				assert!(self.stopped.remove(&model));
			}
			Call::transfer { model, to } => self.record_transfer(who, to, record(model).deposit),
			Call::transfer_family { name, to } => self.record_transfer(who, to, deposit_of(&name)),
			Call::announce_royalty { model, royalty } => {
				let royalties = self.royalties.get_mut(&model).unwrap();
				royalties.retain(|from, _| *from <= now);
				royalties.insert(now + NOTICE, royalty);
			}
			Call::publish {
				family: name,
				version,
				model,
				..
			} => {
				assert_eq!(self.versions.insert((name, version), model), None);
			}
			Call::release_family { name } if Models::family(name.clone()).is_some() => {
				*self.balances.get_mut(&who).unwrap() -= deposit_of(&name);
				let means = resolve(ModelRef::Latest(name.clone()));
				self.closed.insert(name, means);
			}
			_ => {}
		}
	}

	/// Records that a deposit moved from one owner to another.
	fn record_transfer(&mut self, from: u64, to: u64, deposit: u64) {
		*self.balances.get_mut(&from).unwrap() -= deposit;
		*self.balances.get_mut(&to).unwrap() += deposit;
	}

	fn check(&self) {
		Models::do_try_state().unwrap();
		self.check_balances();
		self.check_names();
		for (model, royalties) in &self.royalties {
			let current = royalties.range(..=System::block_number()).next_back().unwrap().1;
			assert_eq!(record(*model).royalty_at(System::block_number()), *current);
			if let Some(offer) = Models::terms(model) {
				assert_eq!(offer.royalty, *current);
			}
		}
		let probed: BTreeMap<_, _> = Probes::get().into_iter().collect();
		for (id, model) in Registered::<Test>::iter() {
			assert_eq!(model.status.is_stopped(), self.stopped.contains(&id));
			assert!(!self.stopped.contains(&id) || !accepts_jobs(id));
			let probe = probed.get(&model.probe).filter(|_| model.status == Status::Probation);
			assert!(model.status != Status::Probation || probe.is_some_and(|probe| probe.model == id));
		}
	}

	fn check_balances(&self) {
		let mut deposits = BTreeMap::<u64, (u64, u64)>::new();
		for model in Registered::<Test>::iter_values() {
			deposits.entry(model.owner).or_default().0 += model.deposit;
		}
		for family in Families::<Test>::iter_values() {
			if let Some(owner) = family.owner {
				deposits.entry(owner).or_default().1 += family.deposit;
			}
		}
		// Nothing is minted, and nothing is burned except the deposits of closed families and what probes in vain cost.
		let burned = self.burned + self.closed.keys().map(deposit_of).sum::<u64>();
		assert_eq!(Balances::total_issuance() + burned, 2 * ENDOWMENT + 3 * EXISTENTIAL);
		for owner in OWNERS {
			let (models, families) = deposits.remove(&owner).unwrap_or_default();
			assert_eq!((held(owner), held_for_families(owner)), (models, families));
			assert_eq!(Balances::free_balance(owner) + models + families, self.balances[&owner]);
		}
		assert_eq!(deposits, BTreeMap::new());
		assert_eq!(Balances::free_balance(POT), EXISTENTIAL + self.fees);
	}

	fn check_names(&self) {
		for ((family, version), model) in &self.versions {
			let named = ModelRef::Version(family.clone(), version.clone());
			assert_eq!(resolve(named), Some(*model));
		}
		assert_eq!(Versions::<Test>::iter().count(), self.versions.len());
		for (family, means) in &self.closed {
			assert_eq!(resolve(ModelRef::Latest(family.clone())), *means);
			assert_eq!(Models::family(family.clone()).unwrap().owner, None);
		}
		// At most one of all names that look alike refers to anything.
		for [one, other] in [["digits", "d1gits"], ["letters", "le-tters"]] {
			assert!(Models::family(name(one)).is_none() || Models::family(name(other)).is_none());
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(192))]

	#[test]
	fn any_interleaving_keeps_every_invariant_and_every_promise(
		steps in prop::collection::vec(any_step(), 1..240),
	) {
		new_test_ext().execute_with(|| {
			let mut expected = Expected::begin();
			for step in steps {
				expected.apply(step);
				expected.check();
			}
			// Whatever happened, probes end, and then every owner can get the deposits back.
			for (job, _) in Probes::get() {
				expected.conclude(job, Some(Ok(())));
			}
			for model in Registered::<Test>::iter_keys().collect::<Vec<_>>() {
				expected.apply(Step::Owners(Call::retire { model }));
			}
			for family in Families::<Test>::iter_values().collect::<Vec<_>>() {
				expected.apply(Step::Owners(Call::release_family { name: family.name }));
			}
			expected.check();
			for owner in OWNERS {
				let models = Registered::<Test>::iter_values().filter(|model| model.owner == owner);
				let records: u64 = models.map(|model| record_deposit(&model.spec)).sum();
				assert_eq!(Balances::free_balance(owner) + records, expected.balances[&owner]);
			}
		});
	}
}
