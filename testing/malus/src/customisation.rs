//! Where the misbehaviour enters the node.

use crate::{
	chain_view::ChainView,
	cli::{Behaviour, BehaviourOptions},
	flood,
	inference::MisbehavingProvider,
};
use assay_node::service::{Customisation, Handles};
use assay_primitives::host::InferenceExt;
use assay_runtime::Hash;
use sc_service::{ChainType, Configuration, Error};

/// A node that behaves as the options say.
pub struct Misbehaviour(pub BehaviourOptions);

impl Customisation for Misbehaviour {
	fn check(&self, config: &Configuration) -> Result<(), Error> {
		check_chain(&self.0, config.chain_spec.chain_type())
	}

	fn on_started(&self, handles: &Handles) {
		if self.0.behaviour == Some(Behaviour::Flood) {
			handles.spawn_handle.spawn("flood", None, flood::run(handles.clone()));
		}
	}

	fn wrap_inference(&self, handles: &Handles, at: Hash, inference: InferenceExt) -> InferenceExt {
		match self.0.behaviour {
			Some(behaviour) => InferenceExt(Box::new(MisbehavingProvider {
				behaviour,
				cartel: self.0.cartel.clone(),
				view: ChainView {
					handles: handles.clone(),
					at,
				},
				honest: inference.0,
			})),
			None => inference,
		}
	}
}

/// Refuses to misbehave on a chain whose users may have something to lose, and logs a warning on every other.
fn check_chain(options: &BehaviourOptions, chain_type: ChainType) -> Result<(), Error> {
	let Some(behaviour) = options.behaviour else {
		return Ok(());
	};
	if !matches!(chain_type, ChainType::Development | ChainType::Local) {
		return Err(Error::Other(format!(
			"`--behaviour` is for development and local chains, but the type of this chain is {chain_type:?}"
		)));
	}
	log::warn!("This node misbehaves on purpose: {behaviour:?}");
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn nodes_misbehave_on_development_and_local_chains_only() {
		let dishonest = BehaviourOptions {
			behaviour: Some(Behaviour::Wrong),
			cartel: vec![],
		};
		let honest = BehaviourOptions {
			behaviour: None,
			..dishonest.clone()
		};
		for chain_type in [ChainType::Development, ChainType::Local] {
			assert!(check_chain(&dishonest, chain_type).is_ok());
		}
		for chain_type in [ChainType::Live, ChainType::Custom("test".into())] {
			assert!(check_chain(&dishonest, chain_type.clone()).is_err());
			assert!(check_chain(&honest, chain_type).is_ok());
		}
	}
}
