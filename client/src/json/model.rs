//! Models.

use super::{
	job::{FeeParts, FlawName},
	tensor::{Fault, Manifest},
};
use crate::{
	chain::{AnnouncedRoyalty, FamilyInfo, ModelChange, ModelInfo, Protocol},
	families::full_name,
	terms::fee_of_one_answer,
	AccountId32, Amount,
};
use assay_primitives::{
	api, metadata,
	probe::{Golden, Statement},
	Artifact, ArtifactId, EngineId, JobId, ModelId, ModelSpec, OutcomeDigest,
};
use std::collections::BTreeMap;
use subxt::utils::H256;

named! {
	/// The status of a model.
	ModelStatus {
		/// It accepts no jobs until others have reproduced it.
		Probation = "probation",
		/// It accepts jobs that allow unlisted models.
		Open = "open",
		/// It accepts jobs, and token holders endorse it.
		Listed = "listed",
		/// It accepts no new jobs until it is released.
		Quarantined = "quarantined",
		/// It accepts no jobs, and anybody may submit it again.
		Retired = "retired",
		/// It was not reproduced, and anybody may submit it again.
		Rejected = "rejected",
		/// It accepts no jobs, and nobody may submit it again until it is released.
		Barred = "barred",
	}
}

impl From<api::ModelStatus> for ModelStatus {
	fn from(status: api::ModelStatus) -> Self {
		match status {
			api::ModelStatus::Probation => Self::Probation,
			api::ModelStatus::Open => Self::Open,
			api::ModelStatus::Listed => Self::Listed,
			api::ModelStatus::Quarantined { .. } => Self::Quarantined,
			api::ModelStatus::Retired => Self::Retired,
			api::ModelStatus::Rejected(_) => Self::Rejected,
			api::ModelStatus::Barred => Self::Barred,
		}
	}
}

named! {
	/// Why a model was rejected.
	Rejection {
		/// Nobody reproduced it.
		NotReproduced = "NotReproduced",
		/// The engine refuses the file.
		DoesNotLoad = "DoesNotLoad",
		/// The engine derives another manifest than its owner states.
		ManifestMismatch = "ManifestMismatch",
		/// A golden input has a fault for an outcome.
		GoldenFault = "GoldenFault",
		/// The golden inputs have other outcomes than its owner states.
		OutcomeMismatch = "OutcomeMismatch",
	}
}

impl Rejection {
	/// Returns why a model of this status was rejected, and the fault behind that; nothing if it was not.
	pub fn of(status: api::ModelStatus) -> (Option<Self>, Option<Fault>) {
		match status {
			api::ModelStatus::Rejected(api::Rejection::NotReproduced) => (Some(Self::NotReproduced), None),
			api::ModelStatus::Rejected(api::Rejection::Flawed(flaw)) => {
				let (flaw, fault) = FlawName::split(flaw);
				(Some(flaw.into()), fault)
			}
			_ => (None, None),
		}
	}
}

impl From<FlawName> for Rejection {
	fn from(flaw: FlawName) -> Self {
		match flaw {
			FlawName::DoesNotLoad => Self::DoesNotLoad,
			FlawName::ManifestMismatch => Self::ManifestMismatch,
			FlawName::GoldenFault => Self::GoldenFault,
			FlawName::OutcomeMismatch => Self::OutcomeMismatch,
		}
	}
}

named! {
	/// The authority that changed a model's status.
	Authority {
		/// The probe that reproduced it: by the workers drawn for it, or by a verdict.
		Probe = "probe",
		/// Its owner.
		Owner = "owner",
		/// A referendum on the model track.
		Vote = "vote",
		/// A referendum on the quarantine track.
		FastVote = "fast-vote",
	}
}

impl From<api::Authority> for Authority {
	fn from(by: api::Authority) -> Self {
		match by {
			api::Authority::Probe => Self::Probe,
			api::Authority::Owner => Self::Owner,
			api::Authority::ModelOrigin => Self::Vote,
			api::Authority::QuarantineOrigin => Self::FastVote,
		}
	}
}

documents! {
	/// A royalty that its owner has announced.
	pub struct Announced {
		/// The royalty for each input.
		pub royalty: Amount,
		/// The first block in which requests pay it.
		pub effective_at: u32,
	}

	/// The golden inputs of a model.
	pub struct GoldenInputs {
		/// The number of inputs.
		pub items: u32,
		/// The hash of their packed bytes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub input: ArtifactId,
		/// The digest of their outcomes.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub outcomes: OutcomeDigest,
	}

	/// The description of a model by its owner. A text that was not given is empty.
	pub struct Metadata {
		/// A short name.
		pub title: String,
		/// A description, in a few sentences.
		pub description: String,
		/// Its purpose, like `image-classification`.
		pub task: String,
		/// An SPDX licence expression.
		pub licence: String,
		/// Words to find it by.
		pub tags: Vec<String>,
		/// Links to more information.
		pub links: Vec<String>,
		/// The data that it was trained on.
		pub training_data: String,
		/// The long description, in Markdown; null if there is none.
		#[cfg_attr(test, schemars(with = "Option<super::schema::ArtifactRef>"))]
		pub card: Option<Artifact>,
	}

	/// One change of a model's status.
	pub struct StatusChange {
		/// The new status.
		pub status: ModelStatus,
		/// Why it was rejected; null if it was not.
		pub rejection: Option<Rejection>,
		/// The fault behind the rejection; null if there is none.
		pub fault: Option<Fault>,
		/// The block in which it changed.
		pub at: u32,
		/// The authority that changed it.
		pub by: Authority,
		/// The hash of the text that gives the reason; null if none was given.
		#[cfg_attr(test, schemars(with = "Option<super::schema::Hash>"))]
		pub reason: Option<H256>,
	}

	/// A model.
	pub struct Model {
		/// Its id.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// Its names, as `family@version`.
		pub names: Vec<String>,
		/// Those of its names that are the latest version, so that the family's name alone refers to the model.
		pub latest_names: Vec<String>,
		/// Its status.
		pub status: ModelStatus,
		/// Why it was rejected; null if it was not.
		pub rejection: Option<Rejection>,
		/// The fault behind the rejection; null if there is none.
		pub fault: Option<Fault>,
		/// A short name.
		pub title: String,
		/// A description, in a few sentences.
		pub description: String,
		/// Its purpose, like `image-classification`.
		pub task: String,
		/// An SPDX licence expression.
		pub licence: String,
		/// Words to find it by.
		pub tags: Vec<String>,
		/// Links to more information.
		pub links: Vec<String>,
		/// The data that it was trained on.
		pub training_data: String,
		/// The long description, in Markdown; null if there is none.
		#[cfg_attr(test, schemars(with = "Option<super::schema::ArtifactRef>"))]
		pub card: Option<Artifact>,
		/// The royalty of its owner for each input.
		pub royalty: Amount,
		/// The royalty that is announced; null if none is.
		pub announced: Option<Announced>,
		/// The fee of one answer without checkers.
		pub fee: Amount,
		/// Slots that a request can draw now.
		pub free_slots: u32,
		/// Multiply-accumulates of one input.
		pub macs: u64,
		/// The manifest; null if it was rejected, retired or barred.
		pub manifest: Option<Manifest>,
		/// The golden inputs; null if it was rejected, retired or barred.
		pub golden: Option<GoldenInputs>,
		/// The job in which it is or was reproduced.
		#[cfg_attr(test, schemars(with = "u64"))]
		pub probe: JobId,
		/// Its owner.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub owner: AccountId32,
		/// The block in which it was submitted.
		pub submitted_at: u32,
		/// The ONNX file.
		#[cfg_attr(test, schemars(with = "super::schema::ArtifactRef"))]
		pub artifact: Artifact,
		/// The engine.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub engine: EngineId,
		/// The extents of symbolic dimensions.
		pub bindings: BTreeMap<String, u32>,
		/// The latest changes of its status, oldest first. Only in `assay model show`.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub history: Option<Vec<StatusChange>>,
	}

	/// A model that was submitted.
	pub struct SubmittedModel {
		/// Its id.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// Its status.
		pub status: ModelStatus,
		/// The job in which it is or was reproduced; null where that is not known.
		#[cfg_attr(test, schemars(with = "Option<u64>"))]
		pub probe: Option<JobId>,
		/// The name under which it was published; null if it was not.
		pub name: Option<String>,
		/// Why it was rejected. Only if it was.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub rejection: Option<Rejection>,
		/// Why it was rejected, in words. Only if it was.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub reason: Option<String>,
		/// The next step for its owner. Only if it was rejected.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub next: Option<String>,
		/// The fees of one answer with no, one and two checkers. Only if it is open.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub fees: Option<[Amount; 3]>,
		/// Why it has no name. Only if publishing it failed.
		#[serde(skip_serializing_if = "Option::is_none")]
		pub error: Option<String>,
		/// The ONNX file.
		#[cfg_attr(test, schemars(with = "super::schema::ArtifactRef"))]
		pub artifact: Artifact,
		/// The engine.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub engine: EngineId,
		/// Multiply-accumulates of one input.
		pub macs: u64,
		/// The stated manifest.
		pub manifest: Manifest,
		/// The golden inputs.
		pub golden: GoldenInputs,
		/// The deposit. The part for its record stays held when it is rejected or retired, until somebody submits it
		/// again.
		pub deposit: Amount,
		/// The most that reproducing it costs.
		pub probe_fee: Amount,
		/// The parts of `probe_fee`.
		pub probe_fee_parts: FeeParts,
	}

	/// A model's new metadata.
	pub struct DescribedModel {
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The metadata.
		pub metadata: Metadata,
	}

	/// A model's royalty.
	pub struct PricedModel {
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The royalty that requests pay now.
		pub royalty: Amount,
		/// The royalty that is announced; null if none is.
		pub announced: Option<Announced>,
	}

	/// A model's new owner.
	pub struct TransferredModel {
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// The new owner.
		#[cfg_attr(test, schemars(with = "super::schema::Account"))]
		pub owner: AccountId32,
	}

	/// A retired model.
	pub struct RetiredModel {
		/// The model.
		#[cfg_attr(test, schemars(with = "super::schema::Hash"))]
		pub model: ModelId,
		/// Its status.
		pub status: ModelStatus,
	}
}

impl Announced {
	/// Converts an announced royalty.
	pub fn new(announced: &AnnouncedRoyalty) -> Self {
		Self {
			royalty: Amount(announced.royalty),
			effective_at: announced.effective_at,
		}
	}
}

impl GoldenInputs {
	/// Converts golden inputs.
	pub fn new(golden: &Golden) -> Self {
		Self {
			items: golden.items,
			input: golden.input.content(),
			outcomes: golden.answer,
		}
	}
}

impl Metadata {
	/// Converts metadata.
	pub fn new(metadata: &metadata::Metadata) -> Self {
		let text = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
		Self {
			title: text(&metadata.title),
			description: text(&metadata.description),
			task: text(&metadata.task),
			licence: text(&metadata.licence),
			tags: metadata.tags.iter().map(|tag| text(tag)).collect(),
			links: metadata.links.iter().map(|link| text(link)).collect(),
			training_data: text(&metadata.training_data),
			card: metadata.card,
		}
	}
}

impl StatusChange {
	/// Converts a change.
	pub fn new(change: &ModelChange) -> Self {
		let (rejection, fault) = Rejection::of(change.status);
		Self {
			status: change.status.into(),
			rejection,
			fault,
			at: change.at,
			by: change.by.into(),
			reason: change.reason,
		}
	}
}

impl Model {
	/// Reports a model, with its names in `families`.
	pub fn new(info: &ModelInfo, protocol: &Protocol, families: &[FamilyInfo]) -> Self {
		let (mut names, mut latest_names) = (Vec::new(), Vec::new());
		for family in families {
			for (version, _) in family.versions.iter().filter(|(_, id)| *id == info.id) {
				let name = full_name(&family.name, version);
				if family.latest.as_ref() == Some(version) {
					latest_names.push(name.clone());
				}
				names.push(name);
			}
		}
		let (rejection, fault) = Rejection::of(info.status);
		let metadata = Metadata::new(&info.metadata);
		let manifest = info.manifest.as_ref().map(assay_primitives::Manifest::from);
		Self {
			model: info.id,
			names,
			latest_names,
			status: info.status.into(),
			rejection,
			fault,
			title: metadata.title,
			description: metadata.description,
			task: metadata.task,
			licence: metadata.licence,
			tags: metadata.tags,
			links: metadata.links,
			training_data: metadata.training_data,
			card: metadata.card,
			royalty: Amount(info.royalty),
			announced: info.announced.as_ref().map(Announced::new),
			fee: fee_of_one_answer(&protocol.pricing, info.macs, info.royalty, 0),
			free_slots: info.free_slots,
			macs: info.macs,
			manifest: manifest.as_ref().map(Manifest::new),
			golden: info.golden.as_ref().map(GoldenInputs::new),
			probe: info.probe,
			owner: info.owner,
			submitted_at: info.submitted_at,
			artifact: info.artifact,
			engine: info.engine,
			bindings: ModelSpec::from(&info.spec).bindings.into_iter().collect(),
			history: None,
		}
	}

	/// Adds the latest changes of its status.
	pub fn with_history(mut self, history: &[ModelChange]) -> Self {
		self.history = Some(history.iter().map(StatusChange::new).collect());
		self
	}
}

impl SubmittedModel {
	/// Reports a model that is about to be submitted.
	pub fn new(
		model: ModelId,
		artifact: Artifact,
		engine: EngineId,
		statement: &Statement,
		deposit: u128,
		fee: &assay_primitives::terms::Fee<u128>,
	) -> Self {
		Self {
			model,
			status: ModelStatus::Probation,
			probe: None,
			name: None,
			rejection: None,
			reason: None,
			next: None,
			fees: None,
			error: None,
			artifact,
			engine,
			macs: statement.manifest.macs,
			manifest: Manifest::new(&assay_primitives::Manifest::from(&statement.manifest)),
			golden: GoldenInputs::new(&statement.golden),
			deposit: Amount(deposit),
			probe_fee: Amount(fee.total()),
			probe_fee_parts: FeeParts::new(fee),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::{model, protocol, BOB};
	use assay_primitives::probe::Flaw;

	fn bounded<T: TryFrom<Vec<u8>>>(text: &str) -> T {
		T::try_from(text.as_bytes().to_vec()).ok().unwrap()
	}

	#[test]
	fn a_model_is_reported_with_all_its_names() {
		let version = |name: &str, id: [u8; 32]| (bounded(name), ModelId(id.into()));
		let digits = FamilyInfo {
			name: bounded("digits"),
			owner: Some(BOB),
			latest: Some(bounded("2")),
			versions: vec![version("1", [0; 32]), version("2", [0; 32]), version("3", [9; 32])],
		};
		let report = Model::new(&model(api::ModelStatus::Open), &protocol(), &[digits]);
		assert_eq!(report.names, ["digits@1", "digits@2"]);
		assert_eq!(report.latest_names, ["digits@2"]);
	}

	#[test]
	fn a_rejected_model_says_why() {
		let rejection = |status| Rejection::of(status);
		let flawed = |flaw| api::ModelStatus::Rejected(api::Rejection::Flawed(flaw));
		assert_eq!(
			rejection(flawed(Flaw::ManifestMismatch)),
			(Some(Rejection::ManifestMismatch), None)
		);
		let fault = assay_primitives::FaultCode::RunFailed;
		assert_eq!(
			rejection(flawed(Flaw::GoldenFault(fault))),
			(Some(Rejection::GoldenFault), Some(Fault(fault)))
		);
		assert_eq!(rejection(api::ModelStatus::Open), (None, None));
	}

	#[test]
	fn metadata_is_reported_as_it_was_given() {
		let mut info = model(api::ModelStatus::Listed);
		info.metadata.title = bounded("Di\u{1b}gits");
		let json = serde_json::to_value(Model::new(&info, &protocol(), &[])).unwrap();
		assert_eq!((&json["title"], &json["licence"]), (&"Di\u{1b}gits".into(), &"".into()));
	}

	#[test]
	fn an_announced_royalty_is_reported_with_its_block() {
		let mut info = model(api::ModelStatus::Open);
		assert_eq!(Model::new(&info, &protocol(), &[]).announced, None);
		info.announced = Some(AnnouncedRoyalty {
			royalty: 20_000_000_000,
			effective_at: 120,
		});
		let json = serde_json::to_value(Model::new(&info, &protocol(), &[])).unwrap();
		assert_eq!(
			json["announced"],
			serde_json::json!({ "royalty": "0.02", "effective_at": 120 })
		);
	}
}
