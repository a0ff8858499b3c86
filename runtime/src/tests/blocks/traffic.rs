//! The heaviest transactions of all kinds.

use super::{
	jobs::{largest_submission, terms, Staff},
	tribunal::{votes_within, Tribunal},
};
use crate::{
	configs::{BlockLength, BlockWeights},
	fixtures::{self, input, statement},
	tests::chain::{apply, authorized, open_model, signed, Worker, ROYALTY},
	*,
};
use alloc::{boxed::Box, collections::BTreeMap};
use assay_primitives::{ModelId, MAX_INLINE};
use frame_support::{dispatch::DispatchClass, traits::Get};
use pallet_jobs::MAX_PARTICIPANTS;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Dave, Eve};
use sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError};

/// The number of bytes of the largest tensor that fits inline.
const WIDEST: u32 = MAX_INLINE - 9;
/// The number of blocks that the transactions of each kind can fill.
const BLOCKS: u32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
	/// The maximum ballot that a validator's node sends, each vote of which decides a dispute.
	Ballot,
	/// The maximum number of a worker's reveals, of maximum size.
	Submission,
	/// A worker's offer of the maximum number of slots.
	Serve,
	/// A request with the largest inline input.
	Request,
	Transfer,
	/// Root sets storage through sudo.
	Operational,
}

/// The transactions in the pool.
pub struct Traffic {
	/// The model of requests.
	asked: ModelId,
	model: ModelId,
	ballots: Vec<UncheckedExtrinsic>,
	submissions: Vec<UncheckedExtrinsic>,
	recruits: Vec<Worker>,
}

impl Traffic {
	/// Returns the number of slots that it occupies, without those of the requests and submissions, which have models
	/// of their own.
	pub fn slots() -> u32 {
		ballots() * votes_a_ballot() * MAX_PARTICIPANTS
	}

	pub fn new(staff: &Staff, tribunal: &Tribunal) -> Self {
		let ballots = (0..ballots()).map(|_| authorized(tribunal.deciding(staff, votes_a_ballot())));
		// Four exceed the length of a block.
		let submissions = (0..4 * BLOCKS).map(|number| {
			let model = open_model(&number.to_le_bytes());
			let worker = Worker::register(1_000 + number).serve(model);
			authorized(largest_submission(&worker, model))
		});
		let requests = BlockLength::get().max.get(DispatchClass::Normal) / MAX_INLINE;
		let asked = fixtures::open_model(
			Dave.to_account_id(),
			b"large",
			ROYALTY,
			statement(WIDEST, 1_000_000),
			true,
		);
		for number in 0..(2 * BLOCKS * requests).div_ceil(<Runtime as pallet_workers::Config>::MaxSlots::get()) {
			Worker::register(4_000 + number).serve(asked);
		}
		Self {
			asked,
			model: staff.model,
			ballots: ballots.collect(),
			submissions: submissions.collect(),
			recruits: (0..10 * BLOCKS)
				.map(|number| Worker::register(2_000 + number))
				.collect(),
		}
	}

	/// Returns the next transaction of a kind, or `None` if there is none left.
	fn next(&self, kind: Kind) -> Option<UncheckedExtrinsic> {
		Some(match kind {
			Kind::Ballot => self.ballots.last()?.clone(),
			Kind::Submission => self.submissions.last()?.clone(),
			Kind::Serve => {
				let (model, slots) = (self.model, <Runtime as pallet_workers::Config>::MaxSlots::get());
				signed(
					&self.recruits.last()?.signer,
					pallet_workers::Call::serve { model, slots },
				)
			}
			Kind::Request => {
				let call = pallet_jobs::Call::request {
					model: self.asked.into(),
					items: 1,
					input: input(WIDEST, 1),
					terms: terms(1),
				};
				signed(&Eve.pair(), call)
			}
			Kind::Transfer => {
				let dest = Bob.to_account_id().into();
				signed(
					&Eve.pair(),
					pallet_balances::Call::transfer_keep_alive { dest, value: 1 },
				)
			}
			Kind::Operational => {
				let items = (0..1_000u32).map(|key| (key.to_le_bytes().to_vec(), vec![1])).collect();
				let call = Box::new(frame_system::Call::set_storage { items }.into());
				signed(&Alice.pair(), pallet_sudo::Call::sudo { call })
			}
		})
	}

	fn advance(&mut self, kind: Kind) {
		match kind {
			Kind::Ballot => self.ballots.truncate(self.ballots.len() - 1),
			Kind::Submission => self.submissions.truncate(self.submissions.len() - 1),
			Kind::Serve => self.recruits.truncate(self.recruits.len() - 1),
			Kind::Request | Kind::Transfer | Kind::Operational => {}
		}
	}

	/// Fills the block with one transaction of each kind in turn, until none fits. Calls `check` after each. Returns
	/// the number of transactions of each kind.
	pub fn fill(&mut self, kinds: &[Kind], check: impl Fn()) -> BTreeMap<Kind, u32> {
		let mut open = kinds.to_vec();
		let mut taken = BTreeMap::new();
		while !open.is_empty() {
			open.retain(|kind| {
				let Some(transaction) = self.next(*kind) else {
					return false;
				};
				match apply(transaction) {
					Ok(result) => {
						assert_eq!(result, Ok(()), "{kind:?}");
						self.advance(*kind);
						*taken.entry(*kind).or_default() += 1;
						check();
						true
					}
					Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => false,
					Err(error) => panic!("{kind:?}: {error:?}"),
				}
			});
		}
		taken
	}
}

/// Returns the number of ballots: enough to fill blocks, but without setting up hundreds of disputes.
fn ballots() -> u32 {
	(96 / votes_a_ballot()).clamp(BLOCKS, 4 * BLOCKS)
}

/// Returns the number of votes that a node sends in one ballot: a quarter of the maximum weight of a transaction.
pub fn votes_a_ballot() -> u32 {
	let limits = BlockWeights::get();
	let most = limits.get(DispatchClass::Normal).max_extrinsic.expect("it is limited");
	votes_within(most / 4).max(1)
}
