//! What histories get to.

use assay_primitives::api::{ModelStatus, Rejection};
use assay_protocol::runtime::RuntimeEvent;
use std::{collections::BTreeMap, sync::Mutex};

/// How often.
pub static REACHED: Mutex<BTreeMap<&'static str, u64>> = Mutex::new(BTreeMap::new());

/// Counts what histories get to, so that a test that reaches nothing is seen.
pub fn reached(event: &RuntimeEvent) {
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
				NoQuorum => "refunded: no quorum",
				AllWrong => "refunded: all wrong",
				Cancelled => "refunded: cancelled",
				Quarantined => "refunded: quarantined",
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
			pallet_disputes::Event::Decided { verdict: Some(_), .. } => "verdict",
			pallet_disputes::Event::Forfeited { .. } => "bond forfeited",
			pallet_disputes::Event::Returned { .. } => "bond returned",
			_ => return,
		},
		_ => return,
	};
	*REACHED.lock().unwrap().entry(name).or_default() += 1;
}
