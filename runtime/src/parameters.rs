//! The parameters that governance may change without an upgrade, each within its range.
//!
//! FRAME's pallet-parameters checks who sets a parameter, not to what: its `AdminOrigin` sees the key only, and no call
//! filter holds back root. This pallet has the same storage, call and event, and refuses a value that is not in its
//! range (`assay_primitives::ranges`), whoever sets it. What is in storage nevertheless, written by root or left by an
//! earlier version with other ranges, is read into its range ([`InRange`](crate::protocol::InRange)).

#[allow(clippy::expect_used)] // FRAME's macros expand to some.
#[frame_support::pallet]
pub mod pallet {
	use crate::protocol::{RuntimeParameters, RuntimeParametersKey, RuntimeParametersValue};
	use frame_support::{pallet_prelude::*, traits::dynamic_params::AggregatedKeyValue};
	use frame_system::pallet_prelude::*;
	use pallet_parameters::WeightInfo;

	#[pallet::config]
	pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
		/// The origin that sets parameters.
		type AdminOrigin: EnsureOrigin<Self::RuntimeOrigin>;
	}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// The values that differ from the defaults.
	#[pallet::storage]
	pub type Parameters<T: Config> = StorageMap<_, Blake2_128Concat, RuntimeParametersKey, RuntimeParametersValue>;

	#[pallet::event]
	#[pallet::generate_deposit(fn deposit_event)]
	pub enum Event<T: Config> {
		/// A parameter was set, or its default restored. Also emitted if the value is the same as before.
		Updated {
			key: RuntimeParametersKey,
			old_value: Option<RuntimeParametersValue>,
			new_value: Option<RuntimeParametersValue>,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// A field of the value is not in its range. `assay gov propose param` names it with its range.
		OutOfRange,
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Sets a parameter. Jobs keep the values under which they were accepted.
		///
		/// - `key_value`: The parameter with its value, or without one to restore the default.
		#[pallet::call_index(0)]
		// As in FRAME, plus the tempo, which decides on some ranges.
		#[pallet::weight(<() as WeightInfo>::set_parameter().saturating_add(T::DbWeight::get().reads(1)))]
		pub fn set_parameter(origin: OriginFor<T>, key_value: RuntimeParameters) -> DispatchResult {
			T::AdminOrigin::ensure_origin(origin)?;
			ensure!(key_value.check().is_ok(), Error::<T>::OutOfRange);
			let (key, new_value) = key_value.into_parts();
			let old_value = Parameters::<T>::get(&key);
			Parameters::<T>::set(&key, new_value.clone());
			Self::deposit_event(Event::Updated {
				key,
				old_value,
				new_value,
			});
			Ok(())
		}
	}
}
