//! The intrinsics on this machine's processor, for every set of instructions that it has. `scripts/intrinsics.sh` runs
//! the same checks on an emulated 64-bit ARM machine.

use assay_intrinsics::check::{check_bounds, check_generated_inputs, check_machines, SEEDS};

#[test]
fn every_machine_gives_the_bits_of_the_specification() {
	assert_eq!(check_machines(SEEDS), Ok(()));
}

#[test]
fn generated_inputs_lie_within_the_memory() {
	assert_eq!(check_generated_inputs(SEEDS), Ok(()));
}

#[test]
fn operations_outside_the_memory_are_refused() {
	assert_eq!(check_bounds(), Ok(()));
}
