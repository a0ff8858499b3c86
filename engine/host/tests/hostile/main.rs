//! Hostile models. Each ends well within a node's deadline, in a fault of its own name or in the truth, and twice alike.
//!
//! A table says which. Files that damage alone makes are in `faults.rs`; what once was answered wrongly is in `untrue`, and what once was not
//! answered at all in `endless`.

#[path = "../common/mod.rs"]
mod common;

mod arithmetic;
mod attributes;
mod budget;
mod case;
mod computed;
mod crowds;
mod endless;
mod files;
mod ranks;
mod sizes;
mod untrue;
