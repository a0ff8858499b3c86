//! The heaviest disputes: with the maximum number of validators and challenges.

use super::jobs::{job, large_answer, Staff};
use crate::tests::chain::ballot;
use crate::*;
use assay_primitives::{api::Verdict, key::VoterPair, JobId, OutcomeDigest};
use codec::Encode;
use frame_support::{
	assert_ok,
	dispatch::GetDispatchInfo,
	traits::{fungible::Mutate, Get},
};
use pallet_disputes::{Call, NewChallenge, MAX_CHALLENGES, MAX_VOTES};
use pallet_jobs::JobState;
use sp_core::Pair;
use sp_runtime::BoundedVec;

/// A deadline, in blocks from now, that no test reaches.
const LONG: BlockNumber = HOURS;

/// Returns an account, a different one for each name and number.
fn account(name: &str, number: u32) -> AccountId {
	sp_io::hashing::blake2_256(&(name, number).encode()).into()
}

/// The maximum number of validators.
pub struct Tribunal(Vec<VoterPair>);

impl Tribunal {
	/// Makes them the electorate of all later disputes.
	pub fn convene() -> Self {
		let size = <Runtime as pallet_disputes::Config>::MaxValidators::get();
		let voters: Vec<_> = (0..size)
			.map(|seat| VoterPair::from_string(&format!("//voter//{seat}"), None).unwrap())
			.collect();
		let electorate: Vec<_> = (0u32..)
			.zip(&voters)
			.map(|(seat, voter)| (account("validator", seat), voter.public()))
			.collect();
		let current = pallet_disputes::CurrentElectorate::<Runtime>::get();
		pallet_disputes::Electorates::<Runtime>::insert(current, BoundedVec::truncate_from(electorate));
		for number in 0..MAX_CHALLENGES {
			Balances::set_balance(&account("challenger", number), 1_000_000 * ASY);
		}
		Self(voters)
	}

	/// Creates a dispute whose round ends after block `deadline`, with these numbers of votes for two digests: the
	/// result, and a challenger's. Returns the digests.
	fn disputed(&self, staff: &Staff, deadline: BlockNumber, votes: [u32; 2]) -> (JobId, [OutcomeDigest; 2]) {
		let (id, provisional) = staff.agreed(System::block_number() + LONG);
		let mut open = job(id);
		let task = open.task;
		if let JobState::Provisional { closes_at, .. } = &mut open.state {
			*closes_at = u64::MAX;
		}
		pallet_jobs::Jobs::<Runtime>::insert(id, open);
		for number in 0..MAX_CHALLENGES {
			let challenge = NewChallenge {
				challenger: account("challenger", number),
				at: System::block_number(),
				job: id,
				task,
				digest: large_answer(number as u8 + 1).digest(),
			};
			let signature = MultiSignature::Ed25519(sp_core::ed25519::Signature::from_raw([0; 64]));
			let authorized = frame_system::RawOrigin::Authorized.into();
			assert_ok!(Disputes::challenge(authorized, challenge, signature));
		}
		let digests = [provisional, large_answer(1).digest()];
		let verdicts = digests.map(Verdict::Outcome);
		let tally: Vec<_> = verdicts
			.into_iter()
			.zip(votes)
			.filter(|(_, votes)| *votes > 0)
			.collect();
		let cast = tally.iter().flat_map(|(verdict, votes)| (0..*votes).map(|_| *verdict));
		for (seat, verdict) in (0u32..).zip(cast) {
			pallet_disputes::Votes::<Runtime>::insert(id, account("validator", seat), verdict);
		}
		let mut dispute = pallet_disputes::Disputes::<Runtime>::get(id).expect("the dispute is open");
		pallet_disputes::Agenda::<Runtime>::remove(dispute.due(), id);
		dispute.tally = BoundedVec::truncate_from(tally);
		dispute.deadline = deadline;
		pallet_disputes::Agenda::<Runtime>::insert(dispute.due(), id, ());
		pallet_disputes::Disputes::<Runtime>::insert(id, dispute);
		(id, digests)
	}

	/// Creates a dispute whose round ends after block `deadline` without a verdict, although all have voted.
	pub fn divided(&self, staff: &Staff, deadline: BlockNumber) -> JobId {
		let half = self.0.len() as u32 / 2;
		self.disputed(staff, deadline, [half, half]).0
	}

	/// Returns a ballot of `votes` votes, each of which decides a dispute against all challengers, who lose their bonds
	/// to all workers. After one against all workers, the tribunal waits for the answer.
	pub fn deciding(&self, staff: &Staff, votes: u32) -> Call<Runtime> {
		let missing_one = (self.0.len() as u32 * 2).div_ceil(3) - 1;
		let votes = (0..votes).map(|_| {
			let (id, [provisional, _]) = self.disputed(staff, System::block_number() + LONG, [missing_one, 0]);
			(id, provisional)
		});
		ballot(&self.0[missing_one as usize], votes.collect())
	}
}

/// Returns the maximum number of votes of a ballot that fits into `room`.
pub fn votes_within(room: Weight) -> u32 {
	let voter = VoterPair::from_string("//voter", None).unwrap();
	let weight = |votes| {
		ballot(&voter, vec![Default::default(); votes as usize])
			.get_dispatch_info()
			.call_weight
	};
	(1..=MAX_VOTES)
		.rev()
		.find(|votes| weight(*votes).all_lte(room))
		.unwrap_or(0)
}
