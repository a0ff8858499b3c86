//! Weights of FRAME's pallets as `scripts/weights.sh` measured them in one run with those of our own.

pub mod pallet_balances;
