//! Dishonesty on purpose, to see the protocol deal with it. Only with the cargo feature `faults`, which no release build has.
//!
//! A node is honest but for one [`Fault`]. Most of them sit between the off-chain worker, which is as honest as the runtime, and
//! the inference service, which is as honest as the engine: the answers on their way are replaced or held back
//! ([`provider`], by what [`plan`] says and [`lie`] makes). The rest submit by themselves what no off-chain worker would
//! ([`submit`], [`flood`]).

mod flood;
mod lie;
mod options;
mod plan;
mod provider;
mod submit;
mod view;

use crate::service::{Client, Pool};
use assay_artifacts::ArtifactStore;
use assay_primitives::host::InferenceExt;
use assay_runtime::Hash;
use sc_service::{ChainType, Error, SpawnTaskHandle};
use sp_keystore::KeystorePtr;
use std::sync::Arc;

pub use options::{Fault, FaultOptions};

/// What a dishonest node works with.
#[derive(Clone)]
pub struct Tools {
	pub client: Arc<Client>,
	pub pool: Arc<Pool>,
	pub keystore: KeystorePtr,
	pub artifacts: ArtifactStore,
}

/// Refuses dishonesty on a chain that may matter to somebody, and says so where it is allowed.
pub fn check(options: &FaultOptions, chain: ChainType) -> Result<(), Error> {
	let Some(fault) = options.fault else {
		return Ok(());
	};
	if !matches!(chain, ChainType::Development | ChainType::Local) {
		return Err(Error::Other(format!(
			"`--fault` is for development and local chains, this chain's type is {chain:?}"
		)));
	}
	log::warn!("This node is dishonest on purpose: {fault:?}");
	Ok(())
}

/// Starts what a dishonest node does beside its off-chain worker.
pub fn start(options: &FaultOptions, tools: &Tools, spawner: &SpawnTaskHandle) {
	if options.fault == Some(Fault::Flood) {
		spawner.spawn("flood", None, flood::run(tools.clone()));
	}
}

/// Puts the fault between the off-chain worker at block `at` and the node's honest inference.
pub fn wrap(options: &FaultOptions, tools: &Tools, at: Hash, honest: InferenceExt) -> InferenceExt {
	match options.fault {
		Some(fault) => InferenceExt(Box::new(provider::Dishonest {
			fault,
			members: options.cartel.clone(),
			view: view::View {
				tools: tools.clone(),
				at,
			},
			honest: honest.0,
		})),
		None => honest,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_chains_that_matter_to_nobody_have_dishonest_nodes() {
		let dishonest = FaultOptions {
			fault: Some(Fault::Wrong),
			cartel: vec![],
		};
		let honest = FaultOptions {
			fault: None,
			..dishonest.clone()
		};
		for toy in [ChainType::Development, ChainType::Local] {
			assert!(check(&dishonest, toy).is_ok());
		}
		for serious in [ChainType::Live, ChainType::Custom("test".into())] {
			assert!(check(&dishonest, serious.clone()).is_err());
			assert!(check(&honest, serious).is_ok());
		}
	}
}
