//! The origins of referenda other than root: one for each track. No account can ever have them.

pub use pallet_custom_origins::*;

/// The origins of the tracks, and the tempo of this chain's votes.
#[allow(clippy::expect_used)] // FRAME's macros expand to `expect`.
#[frame_support::pallet]
pub mod pallet_custom_origins {
	use core::num::NonZeroU32;
	use frame_support::pallet_prelude::*;

	#[pallet::config]
	pub trait Config: frame_system::Config {}

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// The number by which every period of governance is divided on this chain: 1 on a live network, more on a local
	/// chain, where a whole vote should take minutes. Never zero. Set at genesis and never changed, because ongoing
	/// referenda would be measured by other periods than they began under. If too large, every period is one block, in
	/// which nobody can vote.
	#[pallet::storage]
	pub type Tempo<T> = StorageValue<_, u32, ValueQuery, ConstU32<1>>;

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// See [`Tempo`].
		pub tempo: NonZeroU32,
		#[serde(skip)]
		pub _config: PhantomData<T>,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				tempo: NonZeroU32::MIN,
				_config: PhantomData,
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Tempo::<T>::put(self.tempo.get());
		}
	}

	impl<T: Config> Pallet<T> {
		/// Checks the invariants.
		#[cfg(feature = "std")]
		pub fn do_try_state() -> Result<(), sp_runtime::TryRuntimeError> {
			frame_support::ensure!(Tempo::<T>::get() > 0, "the tempo is zero");
			Ok(())
		}
	}

	#[pallet::origin]
	#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
	pub enum Origin {
		/// Quarantines models, and nothing else.
		Quarantiner,
		/// Lists and retires engines.
		EngineAdmin,
		/// Lists, delists, quarantines, releases and retires models.
		ModelAdmin,
		/// Sets the parameters of the protocol, keeps preimages and schedules its own calls.
		ParameterAdmin,
		/// Spends from the treasury, up to a limit at a time.
		Treasurer,
		/// Cancels referenda; deposits are refunded.
		ReferendumCanceller,
		/// Kills referenda; deposits go to the treasury.
		ReferendumKiller,
	}

	macro_rules! ensure_each {
		($($name:ident),+ $(,)?) => {
			impl Origin {
				/// All origins.
				pub const ALL: &'static [Self] = &[$(Self::$name),+];
			}

			$(
				#[doc = concat!("Lets [`Origin::", stringify!($name), "`] pass and no other.")]
				pub struct $name;

				impl<O: Into<Result<Origin, O>> + From<Origin>> EnsureOrigin<O> for $name {
					type Success = ();

					fn try_origin(origin: O) -> Result<(), O> {
						match origin.into()? {
							Origin::$name => Ok(()),
							other => Err(other.into()),
						}
					}

					#[cfg(feature = "runtime-benchmarks")]
					fn try_successful_origin() -> Result<O, ()> {
						Ok(Origin::$name.into())
					}
				}
			)+
		};
	}

	ensure_each!(
		Quarantiner,
		EngineAdmin,
		ModelAdmin,
		ParameterAdmin,
		Treasurer,
		ReferendumCanceller,
		ReferendumKiller,
	);
}
