//! The tracks of referenda: origins, periods and thresholds. `docs/governance.md` shows them as a table, which a test
//! compares with this file.
//!
//! What breaks if a figure is too small or too large:
//!
//! | figure | too small | too large |
//! |---|---|---|
//! | `max_deciding` | one bad proposal keeps others waiting | nobody can follow what is being decided |
//! | `decision_deposit` | proposals are spam | only the rich propose |
//! | `prepare_period` | a proposal is decided before anyone has read it | urgent proposals wait |
//! | `decision_period` | occasional voters miss the vote | decided questions stay open, and deposits locked |
//! | `confirm_period` | a late bloc of votes wins unopposed | a stable majority waits in vain |
//! | `min_enactment_period` | opponents cannot leave in time | decisions take no effect |
//! | `min_approval` | a bare majority decides at once | a minority blocks forever |
//! | `min_support` | a handful of voters decides | nothing passes at the usual turnout |
//!
//! Approval is the share of aye votes, weighted by conviction. Support is the share of all tokens that vote aye or
//! abstain, without conviction. Both thresholds fall during the decision period, so that an uncontested referendum
//! passes early and a contested one takes its time.

use super::{origins::Origin, periods::scale_period};
use crate::{Balance, BlockNumber, OriginCaller, ASY, DAYS, HOURS, MINUTES};
use alloc::borrow::Cow;
use pallet_referenda::{Curve, Track, TrackInfo};
use sp_runtime::{str_array, FixedI64};

/// The id of a track.
pub type TrackId = u16;

/// The track with the root origin.
pub const ROOT: TrackId = 0;

impl Origin {
	/// Returns the track with this origin.
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

/// Returns a curve that falls linearly over the whole decision period.
const fn linear(from: u128, to: u128) -> Curve {
	Curve::make_linear(1, 1, percent(to), percent(from))
}

/// Returns a curve that falls steeply at first, to `level` after `days` of `of` days, then slowly.
const fn reciprocal(days: u128, of: u128, from: u128, level: u128, to: u128) -> Curve {
	Curve::make_reciprocal(days, of, percent(level), percent(to), percent(from))
}

/// The tracks of a live network, in the order of their ids.
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
			min_approval: reciprocal(4, 28, 100, 80, 50),
			min_support: linear(50, 5),
		},
	},
	// A harmful model does damage as long as it answers, so this track is quick; it stops a model without a hearing, so
	// its thresholds are high.
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
			min_approval: linear(95, 80),
			min_support: linear(20, 5),
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
			min_approval: reciprocal(4, 14, 100, 80, 60),
			min_support: linear(40, 5),
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
			min_approval: linear(100, 50),
			min_support: reciprocal(1, 7, 50, 10, 1),
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
			min_approval: reciprocal(4, 14, 100, 80, 50),
			min_support: linear(40, 5),
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
			min_approval: reciprocal(4, 14, 100, 80, 50),
			min_support: reciprocal(2, 14, 50, 10, 1),
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
			min_approval: linear(100, 50),
			min_support: reciprocal(1, 7, 50, 10, 1),
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
			min_approval: linear(100, 60),
			min_support: reciprocal(2, 14, 50, 10, 1),
		},
	},
];

/// [`TRACKS`] in the tempo of this chain.
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
					prepare_period: scale_period(info.prepare_period),
					decision_period: scale_period(info.decision_period),
					confirm_period: scale_period(info.confirm_period),
					min_enactment_period: scale_period(info.min_enactment_period),
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

	/// Checks the static tracks, because this runs without state. Their ids do not depend on state.
	fn check_integrity() -> Result<(), &'static str> {
		let sorted = TRACKS.windows(2).all(|pair| matches!(pair, [a, b] if a.id < b.id));
		sorted.then_some(()).ok_or("tracks are not in the order of their ids")
	}
}
