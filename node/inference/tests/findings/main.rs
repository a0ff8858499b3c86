//! What the engine once got wrong.

#[allow(dead_code, reason = "the tables of hostile models use the rest")]
#[path = "../hostile/case.rs"]
mod case;
#[path = "../common/mod.rs"]
mod common;

mod endless;
mod untrue;
