//! Every invariant of this pallet, each with its check.

use crate::{
	Agenda, BalanceOf, BlocksWithRoom, Cause, Config, CurrentElectorate, Disputes, Electorates, HoldReason, NextDue,
	OpenDisputes, Pallet, Votes,
};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::{
	ensure,
	traits::{fungible::hold::Inspect as _, Get},
};
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	TryRuntimeError,
};

impl<T: Config> Pallet<T> {
	/// Checks the invariants stated at the storage items.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_votes()?;
		Self::try_state_challenges()?;
		Self::try_state_bonds()?;
		Self::try_state_agenda()?;
		Self::try_state_electorates()?;
		Self::try_state_room()
	}

	/// Checks that tallies count the votes of the electorate, that the votes of others are bounded, and that nothing
	/// has a quorum except what is awaited.
	fn try_state_votes() -> Result<(), TryRuntimeError> {
		let mut all = 0usize;
		for (job, dispute) in Disputes::<T>::iter() {
			let electorate = Electorates::<T>::get(dispute.electorate).unwrap_or_default();
			let members: BTreeSet<_> = electorate.into_iter().map(|(validator, _)| validator).collect();
			let (mut counted, mut left) = (BTreeMap::<_, u32>::new(), 0u32);
			for (validator, verdict) in Votes::<T>::iter_prefix(job) {
				all = all.saturating_add(1);
				if members.contains(&validator) {
					let votes = counted.entry(verdict).or_default();
					*votes = votes.saturating_add(1);
				} else {
					left = left.saturating_add(1);
				}
			}
			ensure!(
				left <= T::MaxValidators::get(),
				"too many votes of validators that left"
			);
			let tally: BTreeMap<_, _> = dispute.tally.iter().copied().collect();
			ensure!(tally.len() == dispute.tally.len(), "a verdict is counted twice");
			ensure!(tally == counted, "a tally does not count the votes of the electorate");
			let undecided = dispute.agreed().is_none() || dispute.awaited.is_some();
			ensure!(undecided, "a dispute with a quorum is not decided");
			ensure!(dispute.round > 0, "a dispute has no round");
		}
		ensure!(Votes::<T>::iter_keys().count() == all, "a vote belongs to no dispute");
		Ok(())
	}

	/// Checks that challenges are of distinct accounts, bring distinct digests, and contest the result.
	fn try_state_challenges() -> Result<(), TryRuntimeError> {
		for dispute in Disputes::<T>::iter_values() {
			match dispute.cause {
				Cause::Disagreement => ensure!(dispute.challenges.is_empty(), "a disagreement has challengers"),
				Cause::Challenge { provisional } => {
					ensure!(!dispute.challenges.is_empty(), "a challenge has no challenger");
					let mut challenges = dispute.challenges.iter();
					ensure!(
						challenges.all(|challenge| challenge.digest != provisional),
						"a result is challenged with itself"
					);
				}
			}
			let who: BTreeSet<_> = dispute.challenges.iter().map(|challenge| &challenge.who).collect();
			ensure!(who.len() == dispute.challenges.len(), "an account has challenged twice");
			let digests: BTreeSet<_> = dispute.challenges.iter().map(|challenge| challenge.digest).collect();
			ensure!(
				digests.len() == dispute.challenges.len(),
				"two challenges bring one digest"
			);
		}
		Ok(())
	}

	/// Checks that the balance on hold of each challenger is the sum of its open bonds.
	fn try_state_bonds() -> Result<(), TryRuntimeError> {
		let mut bonds = BTreeMap::<T::AccountId, BalanceOf<T>>::new();
		for challenge in Disputes::<T>::iter_values().flat_map(|dispute| dispute.challenges) {
			let sum = bonds.entry(challenge.who).or_default();
			*sum = sum.saturating_add(challenge.bond);
		}
		for (who, sum) in bonds {
			let held = T::Currency::balance_on_hold(&HoldReason::ChallengeBond.into(), &who);
			ensure!(
				held == sum,
				"the balance on hold of a challenger is not the sum of its open bonds"
			);
		}
		Ok(())
	}

	/// Checks that the agenda lists each dispute once, after its deadline, and nothing else.
	fn try_state_agenda() -> Result<(), TryRuntimeError> {
		for (job, dispute) in Disputes::<T>::iter() {
			ensure!(
				Agenda::<T>::contains_key(dispute.due(), job),
				"a dispute is missing from the agenda"
			);
		}
		ensure!(
			Agenda::<T>::iter_keys().count() == Disputes::<T>::iter_keys().count(),
			"the agenda lists a dispute twice, or one that is not open"
		);
		let next = NextDue::<T>::get();
		ensure!(
			Agenda::<T>::iter_keys().all(|(due, _)| due >= next),
			"an entry of the agenda was skipped"
		);
		Ok(())
	}

	/// Checks that electorates are stored exactly while they are needed, and that their disputes are counted.
	fn try_state_electorates() -> Result<(), TryRuntimeError> {
		let mut open = BTreeMap::<u32, u32>::new();
		for dispute in Disputes::<T>::iter_values() {
			let size = Electorates::<T>::decode_len(dispute.electorate).unwrap_or(0);
			ensure!(size == dispute.size as usize, "a dispute has lost its electorate");
			let disputes = open.entry(dispute.electorate).or_default();
			*disputes = disputes.saturating_add(1);
		}
		let current = CurrentElectorate::<T>::get();
		ensure!(
			Electorates::<T>::iter_keys().all(|number| number == current || open.contains_key(&number)),
			"an electorate is stored to which nothing refers"
		);
		ensure!(
			OpenDisputes::<T>::iter().collect::<BTreeMap<_, _>>() == open,
			"the open disputes of an electorate are miscounted"
		);
		Ok(())
	}

	/// Checks that no more blocks had room than there are.
	fn try_state_room() -> Result<(), TryRuntimeError> {
		let now: u64 = frame_system::Pallet::<T>::block_number().unique_saturated_into();
		ensure!(BlocksWithRoom::<T>::get() <= now, "a block was counted twice");
		Ok(())
	}
}
