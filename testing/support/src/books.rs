//! What everybody has, and what some jobs must have changed about it: every unit, by the protocol's rules.

use crate::{
	governance::{BOND, FINE},
	market::{Market, OWNER, REQUESTER},
	rpc::{Job, JobStatus, Protocol},
	Node,
};
use assay_primitives::api::{Duty, RefundReason, Standing, Stats, WorkerRecord};
use assay_primitives::JobId;
use assay_runtime::{protocol::AuditFund, AccountId, Balance, RuntimeEvent, ASY};
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie};
use std::collections::BTreeMap;

/// The most that one transaction costs here. Its fee goes from its signer to a validator, and the chain's own rules see to it.
const TRANSACTION_FEES: u128 = ASY / 10;

/// What everybody has at one moment.
#[derive(Clone, Debug)]
pub struct Books {
	/// What each account has, free and held.
	pub funds: BTreeMap<AccountId, Balance>,
	/// What each worker has at stake, which is part of it.
	pub stakes: BTreeMap<AccountId, Balance>,
	pub records: BTreeMap<AccountId, WorkerRecord>,
	pub issuance: Balance,
	pub stats: Stats<Balance>,
}

impl Books {
	/// The books of all who have to do with this market, in the best block.
	pub async fn of(node: &Node, market: &Market) -> Self {
		let (mut funds, mut stakes, mut records) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
		for known in market.workers.iter().chain(&[Alice, Bob, Charlie, REQUESTER, OWNER]) {
			let account = known.to_account_id();
			funds.insert(account.clone(), node.funds(&account).await.total());
		}
		funds.insert(AuditFund::get(), node.funds(&AuditFund::get()).await.total());
		for worker in &market.workers {
			let account = worker.to_account_id();
			let info = node.worker(&account).await;
			stakes.insert(account.clone(), info.stake);
			records.insert(account, info.record);
		}
		Self {
			funds,
			stakes,
			records,
			issuance: node.issuance().await,
			stats: node.stats().await,
		}
	}

	/// What an account had.
	pub fn had(&self, account: &AccountId) -> Balance {
		self.funds[account]
	}
}

/// What changes in the books.
#[derive(Clone, Debug, Default)]
pub struct Changes {
	funds: BTreeMap<AccountId, i128>,
	stakes: BTreeMap<AccountId, i128>,
	burned: i128,
}

impl Changes {
	/// What these jobs, all ended, must have changed, by the protocol in force. `events` are all that happened since they were
	/// accepted: they tell who fell silent and who challenged, which the jobs' records do not keep.
	pub fn due(jobs: &[Job], events: &[RuntimeEvent], protocol: &Protocol) -> Self {
		let mut changes = Self::default();
		for event in events {
			match event {
				RuntimeEvent::Jobs(pallet_jobs::Event::NoShow { worker, fine, .. }) => {
					assert_eq!(*fine, FINE);
					changes.stake(worker, FINE);
					changes.receive(&AuditFund::get(), FINE);
				}
				RuntimeEvent::Disputes(pallet_disputes::Event::Forfeited { job, challenger, .. }) => {
					panic!(
						"{challenger} has challenged job {job} and lost its bond: nobody here challenges what is right"
					)
				}
				_ => {}
			}
		}
		for job in jobs {
			changes.fee_of(job);
			changes.bonds_of(job, events, protocol);
		}
		changes
	}

	/// Who is paid out of the fee. What is not due stays with the requester.
	fn fee_of(&mut self, job: &Job) {
		let fee = job.fee;
		match &job.status {
			JobStatus::Settled { digest, .. } => {
				for participant in &job.participants {
					if participant.standing == Standing::Revealed(*digest) {
						let payer = match participant.duty {
							Duty::Auditor => AuditFund::get(),
							_ => job.requester.clone(),
						};
						self.pay(&payer, &participant.worker, fee.pay);
					}
				}
				self.pay(&job.requester, &OWNER.to_account_id(), fee.royalty);
				self.pay(&job.requester, &AuditFund::get(), fee.levy);
				*self.funds.entry(job.requester.clone()).or_default() -= signed(fee.burn);
				self.burned += signed(fee.burn);
			}
			JobStatus::Refunded { reason, .. } => assert_ne!(*reason, RefundReason::Cancelled, "nobody here cancels"),
			status => panic!("job {} has not ended: {status:?}", job.id),
		}
	}

	/// What becomes of the bonds of those who were wrong or silent.
	fn bonds_of(&mut self, job: &Job, events: &[RuntimeEvent], protocol: &Protocol) {
		let verdict = match &job.status {
			JobStatus::Settled { assurance, .. } => assurance.verdict,
			JobStatus::Refunded { verdict, .. } => *verdict,
			_ => None,
		};
		let confirmed = job
			.participants
			.iter()
			.filter(|p| matches!(p.standing, Standing::Revealed(digest) if Some(digest) == verdict))
			.map(|p| p.worker.clone());
		let mut provers = upheld(job.id, verdict, events);
		if provers.is_empty() {
			provers = confirmed.collect();
		}
		let split = protocol.security.slash;
		for participant in &job.participants {
			let provers = match participant.standing {
				Standing::Wrong(_) => &provers[..],
				Standing::Silent => &[],
				_ => continue,
			};
			let burned = split.burn.mul_floor(BOND);
			let to_requester = split.requester.mul_floor(BOND);
			let each = split.provers.mul_floor(BOND).checked_div(provers.len() as u128);
			let to_provers = each.unwrap_or(0) * provers.len() as u128;
			self.stake(&participant.worker, BOND);
			self.burned += signed(burned);
			self.receive(&job.requester, to_requester);
			for prover in provers {
				self.receive(prover, each.unwrap_or(0));
			}
			self.receive(&AuditFund::get(), BOND - burned - to_requester - to_provers);
		}
	}

	/// Compares with what has changed. A transaction fee goes from an account to a validator, so what the validators have is compared
	/// in sum, and each of them only up to such fees.
	pub fn assert_are(&self, before: &Books, after: &Books) {
		let validators = [Alice, Bob, Charlie].map(|known| known.to_account_id());
		let change = |account: &AccountId| signed(after.had(account)) - signed(before.had(account));
		let due = |account: &AccountId| self.funds.get(account).copied().unwrap_or(0);
		for account in before.funds.keys() {
			let (change, due) = (change(account), due(account));
			match validators.contains(account) {
				true => assert!(
					change.abs_diff(due) < TRANSACTION_FEES,
					"{account} has {change} more, {due} were due"
				),
				false => assert_eq!(change, due, "{account} has {change} more, {due} were due"),
			}
		}
		let sum = |of: &dyn Fn(&AccountId) -> i128| validators.iter().map(of).sum::<i128>();
		assert_eq!(sum(&change), sum(&due), "the validators together");
		for (worker, stake) in &before.stakes {
			let due = self.stakes.get(worker).copied().unwrap_or(0);
			assert_eq!(signed(after.stakes[worker]) - signed(*stake), due, "{worker}'s stake");
		}
		assert_eq!(
			signed(before.issuance) - signed(after.issuance),
			self.burned,
			"issuance changes by what is burned"
		);
	}

	fn stake(&mut self, worker: &AccountId, lost: Balance) {
		*self.stakes.entry(worker.clone()).or_default() -= signed(lost);
		*self.funds.entry(worker.clone()).or_default() -= signed(lost);
	}

	fn receive(&mut self, account: &AccountId, amount: Balance) {
		*self.funds.entry(account.clone()).or_default() += signed(amount);
	}

	fn pay(&mut self, from: &AccountId, to: &AccountId, amount: Balance) {
		*self.funds.entry(from.clone()).or_default() -= signed(amount);
		self.receive(to, amount);
	}
}

/// Who challenged the result of a job and was right.
fn upheld(id: JobId, verdict: Option<assay_primitives::OutcomeDigest>, events: &[RuntimeEvent]) -> Vec<AccountId> {
	let challenger = |event: &RuntimeEvent| match event {
		RuntimeEvent::Disputes(pallet_disputes::Event::Challenged {
			job,
			challenger,
			digest,
			..
		}) if *job == id && Some(*digest) == verdict => Some(challenger.clone()),
		_ => None,
	};
	events.iter().filter_map(challenger).collect()
}

fn signed(amount: Balance) -> i128 {
	i128::try_from(amount).expect("there is not so much")
}
