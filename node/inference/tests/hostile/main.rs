//! Hostile models. Each ends well within a node's deadline, in a fault of its own name or in the truth, and twice alike.
//!
//! A table says which. Files that damage alone makes are in `faults.rs`, what is answered wrongly or not at all in `findings`.

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod attributes;
mod case;
mod crowds;
mod files;
mod sizes;
