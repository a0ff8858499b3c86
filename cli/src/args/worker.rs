//! Workers.

use assay_client::Amount;
use assay_primitives::ModelRef;
use clap::{Args, Subcommand};

/// The purpose of slots: a model, or probes.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Pool {
	/// The model: its id, `family` or `family@version`. Slots stay with the model that this stands for now
	pub model: Option<ModelRef>,
	/// Instead of a model: probes, in which new models of the built-in engine are reproduced before they accept jobs
	#[arg(long)]
	pub probes: bool,
}

#[derive(Debug, Subcommand)]
pub enum Worker {
	/// Register as a worker: bond stake, and name the key with which your node signs
	#[command(
		after_help = "Example:\n  assay worker register --stake 1000 --suri //Dave --key-url ws://127.0.0.1:9945"
	)]
	Register {
		/// ASY to bond. Each slot offered is backed by a part of it
		#[arg(long, value_name = "ASY")]
		stake: Amount,
		/// The worker's own node, which generates and stores the key; --url if not given
		#[arg(long, value_name = "URL")]
		key_url: Option<String>,
	},
	/// Offer slots for a model, or for reproducing new models: each takes one job at a time
	#[command(after_help = "Examples:\n  assay worker serve digits --slots 16 --suri //Dave\n  \
		assay worker serve --probes --slots 8 --suri //Dave")]
	Serve {
		#[command(flatten)]
		pool: Pool,
		/// The number of slots. Each is backed by a part of the stake
		#[arg(long)]
		slots: u32,
	},
	/// Take all slots for a model or for probes back. Jobs in progress continue
	#[command(
		after_help = "Examples:\n  assay worker stop digits --suri //Dave\n  assay worker stop --probes --suri //Dave"
	)]
	Stop(Pool),
	/// Show a worker's stake, slots and record
	#[command(after_help = "Example:\n  assay worker status --suri //Dave")]
	Status {
		/// SS58 address or 0x public key; the signer if not given
		account: Option<String>,
	},
	/// Add to the stake
	#[command(after_help = "Example:\n  assay worker bond 500 --suri //Dave")]
	Bond {
		/// ASY, decimal
		amount: Amount,
	},
	/// Start to unbond stake. It stays at risk until the unbonding period is over
	#[command(after_help = "Example:\n  assay worker unbond 500 --suri //Dave")]
	Unbond {
		/// ASY, decimal
		amount: Amount,
	},
	/// Withdraw stake whose unbonding period is over
	#[command(after_help = "Example:\n  assay worker withdraw --suri //Dave")]
	Withdraw,
}
