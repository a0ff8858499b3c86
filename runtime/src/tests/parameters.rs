//! Parameters have floors: whatever is voted, honest workers can keep their deadlines.

use super::jobs::*;
use crate::{
	protocol::{dynamic_params::protocol::Parameters as Values, Periods, RuntimeParameters},
	*,
};
use assay_primitives::api::JobStatus;
use sp_keyring::Sr25519Keyring::Alice;

/// Makes votes as slow as on a live network, whose ranges then apply.
fn go_live() {
	governance::pallet_custom_origins::Tempo::<Runtime>::put(1);
}

#[test]
fn property_9_no_vote_takes_the_time_to_reveal_from_a_worker_that_has_committed() {
	with_model(sp_genesis_builder::DEV_RUNTIME_PRESET, &[Alice], 256, |model| {
		go_live();
		let mut periods = crate::protocol::current_parameters().periods;
		periods.reveal = 0;
		let value = RuntimeParameters::Protocol(Values::Periods(Periods, Some(periods)));
		let _ = Parameters::set_parameter(RuntimeOrigin::root(), value);
		let job = request(model, 0);
		commit(Alice, job, &right());
		while matches!(status(job), JobStatus::Claiming { .. } | JobStatus::Drawing { .. }) {
			run_to(System::block_number() + 1);
		}
		run_to(System::block_number() + 1);
		assert_eq!(Jobs::stats().slashed, 0, "{:?}", status(job));
		reveal(Alice, job, &right());
	});
}
