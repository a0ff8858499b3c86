//! Hostile models. Each results, well within a node's deadline and twice alike, in a fault or in a correct answer.
//!
//! Tables have the expected outcomes. Files that are merely damaged are in `faults`. Models that once had wrong answers
//! are in `untrue`, and those that once had no outcome in time in `endless`.

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
