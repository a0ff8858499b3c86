//! Weights of FRAME's pallets, measured by `scripts/weights.sh` in one run with those of our own.

pub mod pallet_balances;
