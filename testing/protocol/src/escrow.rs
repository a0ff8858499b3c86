//! A pallet that acts on an answer: a depositor asks a model about a delivery, for example, and the funds go to the
//! beneficiary if the model's top class is [`ACCEPTED`]. It depends on the trait `Inference` only.
//!
//! The amount at stake is the job's value at risk, so the chain refuses the job when a false answer would be worth its
//! price. If the network finds no answer, the depositor gets its funds back: silence decides nothing.

pub use pallet::*;

use assay_primitives::{
	traits::{Inference, JobResult, OnJobEnded},
	DType, JobId, ModelId, Outcome, Payload, Tensor,
};
use codec::Decode;
use frame_support::{
	pallet_prelude::*,
	traits::{
		fungible::{hold::Mutate, Inspect},
		tokens::{Fortitude, Precision, Restriction},
	},
};

/// The class that releases the funds to the beneficiary.
pub const ACCEPTED: usize = 1;

pub type BalanceOf<T> = <<T as Config>::Currency as Inspect<<T as frame_system::Config>::AccountId>>::Balance;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use assay_primitives::terms::Terms;
	use frame_support::traits::fungible;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The currency in which deposits are held.
		type Currency: fungible::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// Answers requests.
		type Inference: Inference<Self::AccountId, BalanceOf<Self>>;
	}

	#[pallet::composite_enum]
	pub enum HoldReason {
		/// A deposit that waits for an answer.
		Deposit,
	}

	/// A deposit that waits for an answer.
	#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
	pub struct Deposit<AccountId, Balance> {
		pub depositor: AccountId,
		pub beneficiary: AccountId,
		pub amount: Balance,
	}

	/// The open deposits, keyed by the job that decides them.
	#[pallet::storage]
	pub type Deposits<T: Config> = StorageMap<_, Twox64Concat, JobId, Deposit<T::AccountId, BalanceOf<T>>>;

	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A deposit waits for the answer of a job.
		Opened { job: JobId },
		/// The answer releases the funds to the beneficiary.
		Released { job: JobId, amount: BalanceOf<T> },
		/// The answer returns the funds to the depositor.
		Declined { job: JobId, amount: BalanceOf<T> },
		/// There was no answer: the funds return to the depositor.
		Unanswered { job: JobId, amount: BalanceOf<T> },
	}

	#[pallet::error]
	pub enum Error<T> {
		/// The deposit exceeds the terms' value at risk.
		ValueAtRiskTooLow,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Holds `amount` and requests a job from `model`, at the caller's cost.
		#[pallet::call_index(0)]
		#[pallet::weight(Weight::zero())]
		pub fn open(
			origin: OriginFor<T>,
			beneficiary: T::AccountId,
			amount: BalanceOf<T>,
			model: ModelId,
			input: Payload,
			terms: Terms<BalanceOf<T>>,
		) -> DispatchResult {
			let depositor = ensure_signed(origin)?;
			ensure!(terms.value_at_risk >= amount, Error::<T>::ValueAtRiskTooLow);
			T::Currency::hold(&HoldReason::Deposit.into(), &depositor, amount)?;
			let job = T::Inference::request(&depositor, model.into(), 1, input, terms)?;
			Deposits::<T>::insert(
				job,
				Deposit {
					depositor,
					beneficiary,
					amount,
				},
			);
			Self::deposit_event(Event::Opened { job });
			Ok(())
		}
	}
}

impl<T: Config> OnJobEnded<T::AccountId, BalanceOf<T>> for Pallet<T> {
	fn on_job_ended(job: JobId, _: &T::AccountId, result: &JobResult<BalanceOf<T>>) {
		let Some(deposit) = Deposits::<T>::take(job) else {
			return;
		};
		let reason = HoldReason::Deposit.into();
		let Deposit {
			depositor,
			beneficiary,
			amount,
		} = deposit;
		let accepted = match result {
			JobResult::Settled { answer, .. } => top_class(&answer.outcome) == Some(ACCEPTED),
			JobResult::Refunded => false,
		};
		let moved = accepted
			&& T::Currency::transfer_on_hold(
				&reason,
				&depositor,
				&beneficiary,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)
			.is_ok();
		if !moved {
			// The hook may not fail: the funds of a beneficiary that cannot receive them return to the depositor.
			let _ = T::Currency::release(&reason, &depositor, amount, Precision::BestEffort);
		}
		Self::deposit_event(match (moved, result) {
			(true, _) => Event::Released { job, amount },
			(false, JobResult::Settled { .. }) => Event::Declined { job, amount },
			(false, JobResult::Refunded) => Event::Unanswered { job, amount },
		});
	}

	fn weight() -> Weight {
		<T as frame_system::Config>::DbWeight::get().reads_writes(4, 4)
	}
}

/// Returns the index of the largest score in the first tensor of an inline answer; `None` for a fault, and for anything
/// that is not a list of scores. Compares the bits of the numbers, because a runtime has no floating point.
pub fn top_class(outcome: &Payload) -> Option<usize> {
	let Payload::Inline(bytes) = outcome else {
		return None;
	};
	let Outcome::Answer(tensors) = Outcome::decode(&mut &bytes[..]).ok()? else {
		return None;
	};
	let Tensor { dtype, data, .. } = tensors.first()?;
	let scores: Vec<u32> = match dtype {
		DType::F32 => data
			.chunks_exact(4)
			.map(|word| {
				let bits = u32::from_le_bytes([word[0], word[1], word[2], word[3]]);
				// Orders as the numbers do, except for NaN.
				match bits >> 31 {
					0 => bits | 1 << 31,
					_ => !bits,
				}
			})
			.collect(),
		DType::U8 => data.iter().map(|score| u32::from(*score)).collect(),
		_ => return None,
	};
	let top = scores.iter().max()?;
	scores.iter().position(|score| score == top)
}
