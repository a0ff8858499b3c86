//! The tracks on which referenda run: who may be spoken as, after how long, at which threshold. `docs/governance.md` shows them as a
//! table, which a test compares with this file.
//!
//! What breaks when a figure is too small or too large:
//!
//! | figure | too small | too large |
//! |---|---|---|
//! | `max_deciding` | one bad proposal keeps others waiting | nobody can follow what is being decided |
//! | `decision_deposit` | proposals are spam | only the rich propose |
//! | `prepare_period` | a proposal is decided before anybody has read it | what is urgent waits |
//! | `decision_period` | whoever sleeps is not asked | what is settled stays open, and deposits locked |
//! | `confirm_period` | a late block of votes wins unanswered | a majority that lasts waits for nothing |
//! | `min_enactment_period` | nobody can leave before what they voted against | what is decided has no effect |
//! | `min_approval` | a bare majority decides at once | a minority blocks for ever |
//! | `min_support` | a handful decides while others sleep | nothing is decided at the turnout that there is |
//!
//! Approval is the share of votes, weighted by conviction, that say aye. Support is the share of all tokens that say aye or abstain,
//! by no conviction. Both thresholds fall while a referendum is decided, so that what is uncontested passes early and what is not has
//! time to be contested.

use super::origins::Origin;
use crate::{Balance, BlockNumber, OriginCaller, Origins, ASY, DAYS, HOURS, MINUTES};
use alloc::borrow::Cow;
use frame_support::traits::Get;
use pallet_referenda::{Curve, Track, TrackInfo};
use sp_runtime::{str_array, FixedI64};

/// Names a track.
pub type TrackId = u16;

/// The track that speaks as root.
pub const ROOT: TrackId = 0;

impl Origin {
	/// The track that speaks as this origin.
	pub const fn track(self) -> TrackId {
		match self {
			Self::Quarantiner => 1,
			Self::EngineAdmin => 10,
			Self::ModelAdmin => 11,
			Self::ParameterAdmin => 12,
			Self::Treasurer => 13,
			Self::ReferendumCanceller => 20,
			Self::ReferendumKiller => 21,
		}
	}
}

const fn percent(share: u128) -> FixedI64 {
	FixedI64::from_rational(share, 100)
}

/// Falls in a straight line, over the whole decision period.
const fn line(from: u128, to: u128) -> Curve {
	Curve::make_linear(1, 1, percent(to), percent(from))
}

/// Falls steeply at first, to `level` after `days` of `of`, then slowly.
const fn bow(days: u128, of: u128, from: u128, level: u128, to: u128) -> Curve {
	Curve::make_reciprocal(days, of, percent(level), percent(to), percent(from))
}

/// The tracks, as a live network has them, in the order of their ids.
pub static TRACKS: [Track<TrackId, Balance, BlockNumber>; 8] = [
	Track {
		id: ROOT,
		info: TrackInfo {
			name: str_array("root"),
			max_deciding: 1,
			decision_deposit: 10_000 * ASY,
			prepare_period: 2 * HOURS,
			decision_period: 28 * DAYS,
			confirm_period: DAYS,
			min_enactment_period: DAYS,
			min_approval: bow(4, 28, 100, 80, 50),
			min_support: line(50, 5),
		},
	},
	// Harm is done while a bad model answers, so this one is quick; it stops a business unheard, so its bar is high.
	Track {
		id: Origin::Quarantiner.track(),
		info: TrackInfo {
			name: str_array("quarantine"),
			max_deciding: 10,
			decision_deposit: 5_000 * ASY,
			prepare_period: 10 * MINUTES,
			decision_period: 3 * DAYS,
			confirm_period: 30 * MINUTES,
			min_enactment_period: 1,
			min_approval: line(95, 80),
			min_support: line(20, 5),
		},
	},
	Track {
		id: Origin::EngineAdmin.track(),
		info: TrackInfo {
			name: str_array("engine"),
			max_deciding: 5,
			decision_deposit: 2_000 * ASY,
			prepare_period: 2 * HOURS,
			decision_period: 14 * DAYS,
			confirm_period: DAYS,
			min_enactment_period: 2 * DAYS,
			min_approval: bow(4, 14, 100, 80, 60),
			min_support: line(40, 5),
		},
	},
	Track {
		id: Origin::ModelAdmin.track(),
		info: TrackInfo {
			name: str_array("model"),
			max_deciding: 50,
			decision_deposit: 200 * ASY,
			prepare_period: HOURS,
			decision_period: 7 * DAYS,
			confirm_period: 12 * HOURS,
			min_enactment_period: HOURS,
			min_approval: line(100, 50),
			min_support: bow(1, 7, 50, 10, 1),
		},
	},
	Track {
		id: Origin::ParameterAdmin.track(),
		info: TrackInfo {
			name: str_array("parameters"),
			max_deciding: 5,
			decision_deposit: 2_000 * ASY,
			prepare_period: 2 * HOURS,
			decision_period: 14 * DAYS,
			confirm_period: DAYS,
			min_enactment_period: DAYS,
			min_approval: bow(4, 14, 100, 80, 50),
			min_support: line(40, 5),
		},
	},
	Track {
		id: Origin::Treasurer.track(),
		info: TrackInfo {
			name: str_array("treasurer"),
			max_deciding: 10,
			decision_deposit: 500 * ASY,
			prepare_period: 2 * HOURS,
			decision_period: 14 * DAYS,
			confirm_period: 2 * DAYS,
			min_enactment_period: DAYS,
			min_approval: bow(4, 14, 100, 80, 50),
			min_support: bow(2, 14, 50, 10, 1),
		},
	},
	Track {
		id: Origin::ReferendumCanceller.track(),
		info: TrackInfo {
			name: str_array("canceller"),
			max_deciding: 20,
			decision_deposit: 1_000 * ASY,
			prepare_period: HOURS,
			decision_period: 7 * DAYS,
			confirm_period: 3 * HOURS,
			min_enactment_period: 10 * MINUTES,
			min_approval: line(100, 50),
			min_support: bow(1, 7, 50, 10, 1),
		},
	},
	Track {
		id: Origin::ReferendumKiller.track(),
		info: TrackInfo {
			name: str_array("killer"),
			max_deciding: 20,
			decision_deposit: 5_000 * ASY,
			prepare_period: HOURS,
			decision_period: 14 * DAYS,
			confirm_period: 12 * HOURS,
			min_enactment_period: 10 * MINUTES,
			min_approval: line(100, 60),
			min_support: bow(2, 14, 50, 10, 1),
		},
	},
];

/// `PERIOD` blocks of a live network, in this chain's tempo.
pub struct Paced<const PERIOD: BlockNumber>;

impl<const PERIOD: BlockNumber> Get<BlockNumber> for Paced<PERIOD> {
	fn get() -> BlockNumber {
		Origins::paced(PERIOD)
	}
}

/// [`TRACKS`] in this chain's tempo.
pub struct TracksInfo;

impl pallet_referenda::TracksInfo<Balance, BlockNumber> for TracksInfo {
	type Id = TrackId;
	type RuntimeOrigin = OriginCaller;

	fn tracks() -> impl Iterator<Item = Cow<'static, Track<TrackId, Balance, BlockNumber>>> {
		TRACKS.iter().map(|track| {
			let info = &track.info;
			Cow::Owned(Track {
				id: track.id,
				info: TrackInfo {
					prepare_period: Origins::paced(info.prepare_period),
					decision_period: Origins::paced(info.decision_period),
					confirm_period: Origins::paced(info.confirm_period),
					min_enactment_period: Origins::paced(info.min_enactment_period),
					..info.clone()
				},
			})
		})
	}

	fn track_for(origin: &OriginCaller) -> Result<TrackId, ()> {
		match origin {
			OriginCaller::system(frame_system::RawOrigin::Root) => Ok(ROOT),
			OriginCaller::Origins(origin) => Ok(origin.track()),
			_ => Err(()),
		}
	}

	/// Of the static tracks: this is asked where there is no state, and ids do not depend on any.
	fn check_integrity() -> Result<(), &'static str> {
		let sorted = TRACKS.windows(2).all(|pair| matches!(pair, [a, b] if a.id < b.id));
		sorted.then_some(()).ok_or("tracks are not in the order of their ids")
	}
}
