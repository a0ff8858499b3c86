//! Networks of real nodes, and what it takes to drive and to watch them: for the end-to-end tests, the demo and the
//! throughput benchmark.
//!
//! * [`Node`] is a process in a temporary folder, of `assay-node` or of its dishonest twin `assay-malus` ([`Program`]).
//!   [`Network`] is several of them. All are killed when they are dropped; their logs are printed when a test fails.
//! * [`assay`] runs the `assay` command as its users do.
//! * [`Market`] is a model with workers and a requester, [`TestNetwork`] a network with one. [`PendingJobs`] are some
//!   of its jobs with the [`BalanceSnapshot`] from before them, [`EndedJobs`] the same jobs once they have ended.
//! * [`referenda`] has token holders decide.
//! * Where a test needs what no honest tool offers, [`extrinsic`] makes transactions of the runtime's own types, and a
//!   [`ModelSubmission`] states something false of a model.
//! * Every wait is for a condition, with a deadline: in seconds ([`wait_until`]), or in blocks where the chain is what
//!   is waited for ([`Node::wait_within`]).
//!
//! Everything here panics where it cannot go on: then the test has failed.

pub mod balances;
pub mod blocks;
pub mod chain_spec;
pub mod cli;
pub mod dispute;
pub mod extrinsic;
pub mod files;
pub mod jobs;
pub mod market;
pub mod models;
pub mod network;
pub mod node;
pub mod parameters;
pub mod probers;
pub mod referenda;
pub mod rpc;
pub mod slots;
pub mod startup_lock;
pub mod test_network;
pub mod wait;

pub use balances::BalanceSnapshot;
pub use blocks::INCLUSION_BLOCKS;
pub use chain_spec::ChainSpec;
pub use cli::{assay, assay_for_user, assay_with_progress, CommandOutput};
pub use dispute::OpenDispute;
pub use jobs::{EndedJobs, PendingJobs};
pub use market::Market;
pub use models::ModelSubmission;
pub use network::{Member, Network};
pub use node::{Node, Program};
pub use parameters::TestParameters;
pub use startup_lock::StartupLock;
pub use test_network::TestNetwork;
pub use wait::{wait_until, WAIT_TIMEOUT};
