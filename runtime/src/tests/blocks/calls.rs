//! Each of our calls fits into a block with its worst arguments.

use super::{
	jobs::{large_answer, terms},
	tribunal::votes_within,
};
use crate::tests::{
	chain::{authorized, signed},
	genesis::state,
};
use crate::{
	configs::{BlockLength, BlockWeights},
	*,
};
use assay_primitives::{
	api::Verdict,
	key::WorkerPair,
	metadata::{Metadata, Text},
	names::{FamilyName, VersionName, MAX_FAMILY, MAX_VERSION},
	probe::{
		BoundedManifest, BoundedPort, Golden, Statement, MAX_AXES, MAX_GOLDEN, MAX_OPERATORS, MAX_OPERATOR_NAME,
		MAX_PORTS, MAX_PORT_NAME,
	},
	task::{MAX_BINDINGS, MAX_SYMBOL},
	Answer, Artifact, BoundedSpec, DType, JobId, ModelRef, Payload, MAX_INLINE,
};
use codec::Encode;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::GetCallMetadata,
	BoundedVec,
};
use pallet_jobs::{Step, Submission, MAX_STEPS};
use sp_core::Pair;
use sp_keyring::Sr25519Keyring::Alice;

/// Returns a text of `BYTES` bytes.
fn text<const BYTES: u32>() -> Text<BYTES> {
	Text::truncate_from(vec![b'x'; BYTES as usize])
}

fn largest_metadata() -> Metadata {
	Metadata {
		title: text(),
		description: text(),
		task: text(),
		licence: text(),
		tags: BoundedVec::truncate_from(vec![text(); 8]),
		links: BoundedVec::truncate_from(vec![text(); 4]),
		training_data: text(),
		card: Some(Artifact::of(b"card")),
	}
}

/// Returns the statement of a graph with the maximum number of ports and operators, and the largest golden input.
fn largest_statement() -> Statement {
	let port = BoundedPort {
		name: BoundedVec::truncate_from(vec![b'x'; MAX_PORT_NAME as usize]),
		dtype: DType::F64,
		shape: BoundedVec::truncate_from(vec![1; MAX_AXES as usize]),
	};
	let ports = BoundedVec::truncate_from(vec![port; MAX_PORTS as usize]);
	let operator = BoundedVec::truncate_from(vec![b'x'; MAX_OPERATOR_NAME as usize]);
	Statement {
		manifest: BoundedManifest {
			inputs: ports.clone(),
			outputs: ports,
			opset: u64::MAX,
			operators: BoundedVec::truncate_from(vec![operator; MAX_OPERATORS as usize]),
			parameters: u64::MAX,
			macs: u64::MAX,
			peak_bytes: u64::MAX,
		},
		golden: Golden {
			items: MAX_GOLDEN,
			input: Payload::of(vec![0; MAX_INLINE as usize]),
			answer: Default::default(),
		},
	}
}

/// Returns every call of our pallets with its worst arguments, except votes, whose number a node adapts to the block.
fn worst_calls() -> Vec<RuntimeCall> {
	let key = WorkerPair::from_string("//Alice", None).unwrap();
	let (proof, key) = (key.sign(b""), key.public());
	let (model, job, who) = (Default::default(), JobId(u64::MAX), Alice.to_account_id());
	let (engine, reason) = (Default::default(), Some(Hash::default()));
	let bytes = |length: u32| vec![0; length as usize];
	let symbol = (BoundedVec::truncate_from(bytes(MAX_SYMBOL)), u32::MAX);
	let metadata = largest_metadata();
	let name = FamilyName::truncate_from(bytes(MAX_FAMILY));
	let version = VersionName::truncate_from(bytes(MAX_VERSION));
	let answer = Answer {
		root: Some(Default::default()),
		..large_answer(0)
	};
	let task = Default::default();
	let step = Step::Reveal {
		job,
		task,
		digest: Default::default(),
		salt: Default::default(),
		answer: Some(answer.clone()),
	};
	vec![
		pallet_models::Call::submit {
			spec: BoundedSpec {
				bindings: BoundedVec::truncate_from(vec![symbol; MAX_BINDINGS as usize]),
			},
			artifact: Artifact::of(b""),
			engine,
			metadata: metadata.clone(),
			royalty: Balance::MAX,
			statement: largest_statement(),
			max_fee: Balance::MAX,
		}
		.into(),
		pallet_models::Call::retire { model }.into(),
		pallet_models::Call::list { model, reason }.into(),
		pallet_models::Call::delist { model, reason }.into(),
		pallet_models::Call::quarantine { model, reason }.into(),
		pallet_models::Call::release { model, reason }.into(),
		pallet_models::Call::bar { model, reason }.into(),
		pallet_models::Call::list_engine { engine, reason }.into(),
		pallet_models::Call::retire_engine {
			engine,
			notice: BlockNumber::MAX,
			reason,
		}
		.into(),
		pallet_models::Call::set_metadata { model, metadata }.into(),
		pallet_models::Call::announce_royalty {
			model,
			royalty: Balance::MAX,
		}
		.into(),
		pallet_models::Call::transfer { model, to: who.clone() }.into(),
		pallet_models::Call::claim_family { name: name.clone() }.into(),
		pallet_models::Call::transfer_family {
			name: name.clone(),
			to: who.clone(),
		}
		.into(),
		pallet_models::Call::release_family { name: name.clone() }.into(),
		pallet_models::Call::publish {
			family: name.clone(),
			version: version.clone(),
			model,
			latest: true,
		}
		.into(),
		pallet_models::Call::set_latest {
			family: name.clone(),
			version: version.clone(),
		}
		.into(),
		pallet_workers::Call::register {
			stake: Balance::MAX,
			key: key.clone(),
			proof: proof.clone(),
		}
		.into(),
		pallet_workers::Call::bond_more { amount: Balance::MAX }.into(),
		pallet_workers::Call::unbond { amount: Balance::MAX }.into(),
		pallet_workers::Call::withdraw {}.into(),
		pallet_workers::Call::set_key {
			key,
			proof: proof.clone(),
		}
		.into(),
		pallet_workers::Call::serve { model, slots: u32::MAX }.into(),
		pallet_workers::Call::stop_serving { model }.into(),
		pallet_jobs::Call::request {
			model: ModelRef::Version(name, version),
			items: u32::MAX,
			input: Payload::of(bytes(MAX_INLINE)),
			terms: terms(u8::MAX),
		}
		.into(),
		pallet_jobs::Call::submit {
			submission: Submission {
				worker: who,
				at: 0,
				steps: BoundedVec::truncate_from(vec![step; MAX_STEPS as usize]),
			},
			signature: proof,
		}
		.into(),
		pallet_jobs::Call::cancel { job, task }.into(),
		pallet_disputes::Call::challenge {
			challenge: pallet_disputes::NewChallenge {
				challenger: Alice.to_account_id(),
				at: 0,
				job,
				task,
				digest: Default::default(),
			},
			signature: Alice.sign(b"").into(),
		}
		.into(),
		pallet_disputes::Call::bring_answer { job, task, answer }.into(),
		pallet_disputes::Call::rule {
			job,
			task,
			verdict: Verdict::NotRunnable,
		}
		.into(),
	]
}

#[test]
fn every_call_fits_into_a_block_at_its_worst() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let calls = worst_calls();
		for pallet in ["Models", "Workers", "Jobs", "Disputes"] {
			let named = RuntimeCall::get_call_names(pallet)
				.iter()
				.filter(|name| **name != "vote");
			let tried = calls.iter().map(|call| call.get_call_metadata());
			let tried = tried
				.filter(|call| call.pallet_name == pallet)
				.map(|call| call.function_name);
			assert!(named.copied().eq(tried), "{pallet} has other calls");
		}
		for call in calls {
			let name = call.get_call_metadata().function_name;
			let transaction = match call {
				RuntimeCall::Jobs(pallet_jobs::Call::submit { .. })
				| RuntimeCall::Disputes(
					pallet_disputes::Call::challenge { .. } | pallet_disputes::Call::bring_answer { .. },
				) => authorized(call),
				_ => signed(&Alice.pair(), call),
			};
			let info = transaction.get_dispatch_info();
			let most = BlockWeights::get()
				.get(info.class)
				.max_extrinsic
				.expect("it is limited");
			assert!(info.total_weight().all_lte(most), "{name}: {info:?}");
			let length = *BlockLength::get().max.get(info.class);
			assert!(transaction.encoded_size() < length as usize, "{name}");
		}
	});
}

#[test]
fn a_vote_that_decides_the_largest_dispute_fits_into_a_block() {
	state(sp_genesis_builder::DEV_RUNTIME_PRESET).execute_with(|| {
		let most = BlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
		assert!(votes_within(most.expect("it is limited")) > 0);
	});
}
