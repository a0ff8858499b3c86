//! Counts the states that histories reach.

use assay_primitives::api::{ModelStatus, Rejection};
use assay_protocol::runtime::RuntimeEvent;
use std::{collections::BTreeMap, sync::Mutex};

/// The number of times that each was reached.
pub static REACHED: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

/// Counts what an event says was reached, so that the test can fail if it reaches too little.
pub fn count(event: &RuntimeEvent) {
	use assay_primitives::api::RefundReason::*;
	let name = match event {
		RuntimeEvent::Jobs(event) => match event {
			pallet_jobs::Event::Requested { .. } => "requested",
			pallet_jobs::Event::Provisional { .. } => "provisional",
			pallet_jobs::Event::Settled { .. } => "settled",
			pallet_jobs::Event::NoShow { .. } => "no-show",
			pallet_jobs::Event::Slashed { .. } => "slashed",
			pallet_jobs::Event::Refunded { reason, .. } => match reason {
				NoClaim => "refunded: no claim",
				NoReveal => "refunded: no reveal",
				NotRunnable => "refunded: not runnable",
				AllWrong => "refunded: all wrong",
				Cancelled => "refunded: cancelled",
				Quarantined => "refunded: quarantined",
				TooFewCheckers => "refunded: too few checkers",
			},
			_ => return,
		},
		RuntimeEvent::Models(pallet_models::Event::StatusChanged { status, .. }) => match status {
			ModelStatus::Open => "reproduced",
			ModelStatus::Rejected(Rejection::NotReproduced) => "not reproduced",
			ModelStatus::Rejected(Rejection::Flawed(_)) => "found flawed",
			_ => return,
		},
		RuntimeEvent::Disputes(event) => match event {
			pallet_disputes::Event::Opened { .. } => "dispute",
			pallet_disputes::Event::Challenged { .. } => "challenge",
			pallet_disputes::Event::Decided { .. } => "verdict",
			pallet_disputes::Event::RoundBegun { .. } => "next round",
			pallet_disputes::Event::BondForfeited { .. } => "bond forfeited",
			pallet_disputes::Event::BondReleased { .. } => "bond returned",
			_ => return,
		},
		_ => return,
	};
	*REACHED.lock().unwrap().entry(name).or_default() += 1;
}
