//! `assay gov propose`

use super::report::Reporter;
use crate::{
	amount::Amount,
	args::{Context, EngineProposal, Proposal, Propose},
	calls::{self, Call, Events},
	chain::{Chain, TrackInfo},
	commands::read_file,
	error::usage,
	findings::status_name,
	governance::{blake2, parameter, Proposed},
	output::Verdict,
};
use anyhow::{bail, Context as _};
use assay_primitives::{api::ModelStatus, EngineId, ModelId, ModelRef};
use codec::Decode;
use serde_json::json;
use std::path::Path;
use subxt::utils::Encoded;

/// As soon as the track allows.
const AT_ONCE: (u8, u32) = (1, 0);

/// Submits a proposal, and pays for its decision unless somebody else is to.
pub async fn run(args: Propose, context: &Context) -> anyhow::Result<Verdict> {
	let output = &context.output;
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let (call, track) = build(&args, &chain).await?;
	let track = chain.track(track).await?;
	let bytes = calls::encode(&chain, &call).await?;
	let proposed = Proposed::of(&bytes);

	let spinner = output.spinner("proposing, until it is final");
	if let Proposed::Lookup { .. } = proposed {
		calls::execute(&chain, &signer, &calls::note_preimage(&bytes)).await?;
	}
	let submit = calls::submit_referendum(Encoded(track.origin.clone()), &proposed, AT_ONCE);
	let events = calls::execute(&chain, &signer, &submit).await?;
	let index =
		submitted(&events).context("the node does not tell the referendum's number: see `assay gov referenda`")?;
	if !args.no_deposit {
		let deposit = calls::place_decision_deposit(index);
		calls::execute(&chain, &signer, &deposit)
			.await
			.with_context(|| unpaid(index, &track))?;
	}
	spinner.finish_and_clear();

	let reporter = Reporter::new(&chain).await?;
	let (text, mut value) = reporter.whole(&chain, &chain.referendum(index).await?).await?;
	value["decision_deposit"] = json!(Amount(track.decision_deposit).to_string());
	output.result(text, &value);
	if let Proposal::Upgrade { file } = &args.what {
		output.note(format!(
			"once it has taken effect, anybody puts the runtime in place: `assay gov upgrade {}`",
			file.display()
		));
	}
	Ok(Verdict::Fine)
}

fn unpaid(index: u32, track: &TrackInfo) -> String {
	format!(
		"referendum {index} stands, but its decision deposit of {} ASY is not paid: `assay gov deposit {index}` pays it",
		Amount(track.decision_deposit)
	)
}

/// The number of the referendum that was submitted.
fn submitted(events: &Events) -> Option<u32> {
	events
		.iter()
		.filter_map(Result::ok)
		.find(|event| event.pallet_name() == "Referenda" && event.event_name() == "Submitted")
		.and_then(|event| u32::decode(&mut event.field_bytes()).ok())
}

/// The call that is proposed, and the name of the track that may make it. What could have no effect is refused before anything is
/// paid.
async fn build(args: &Propose, chain: &Chain) -> anyhow::Result<(Call, &'static str)> {
	let reason = args.reason.as_ref().map(|text| blake2(text.as_bytes()));
	Ok(match &args.what {
		Proposal::List { model } => {
			let model = expect(chain, model, "open", |status| status == ModelStatus::Open).await?;
			(calls::list_model(model, reason), "model")
		}
		Proposal::Delist { model } => {
			let model = expect(chain, model, "listed", |status| status == ModelStatus::Listed).await?;
			(calls::delist_model(model, reason), "model")
		}
		Proposal::Quarantine { model } => {
			let model = expect(chain, model, "open or listed", |status| status.may_be_asked()).await?;
			(calls::quarantine_model(model, reason), "quarantine")
		}
		Proposal::Release { model } => {
			let held = |status| matches!(status, ModelStatus::Quarantined { .. });
			let model = expect(chain, model, "quarantined", held).await?;
			(calls::release_model(model, reason), "model")
		}
		Proposal::Retire { model } => {
			let in_use =
				|status: ModelStatus| status.may_be_asked() || matches!(status, ModelStatus::Quarantined { .. });
			let model = expect(chain, model, "in use", in_use).await?;
			(calls::force_retire_model(model, reason), "model")
		}
		Proposal::Engine(EngineProposal::List { engine }) => {
			let engine = engine_id(engine)?;
			if chain.engines().await?.contains(&engine) {
				bail!("engine {engine} is listed already");
			}
			(calls::list_engine(engine, reason), "engine")
		}
		Proposal::Engine(EngineProposal::Retire { engine, notice }) => {
			let engine = engine_id(engine)?;
			if !chain.engines().await?.contains(&engine) {
				bail!("engine {engine} is not listed");
			}
			(calls::retire_engine(engine, *notice, reason), "engine")
		}
		Proposal::Param { name, value } => {
			let key_value = parameter(&chain.protocol().await?, name, value)?;
			(calls::set_parameter(Encoded(key_value)), "parameters")
		}
		Proposal::Upgrade { file } => {
			let code = read_file(file)?;
			(calls::authorize_upgrade(blake2(&code)), "root")
		}
	})
}

/// The model that is meant. Refuses a proposal about one that is not what the proposal takes it for.
async fn expect(
	chain: &Chain,
	model: &ModelRef,
	what: &str,
	is: impl Fn(ModelStatus) -> bool,
) -> anyhow::Result<ModelId> {
	let info = chain.named_model(model).await?;
	if !is(info.status) {
		bail!(
			"the status of model {} is {}, and this proposal needs one that is {what}",
			info.id,
			status_name(info.status)
		);
	}
	Ok(info.id)
}

/// An engine by its id, or by the file of its blob.
fn engine_id(text: &str) -> anyhow::Result<EngineId> {
	if let Ok(id) = text.parse() {
		return Ok(id);
	}
	let path = Path::new(text);
	if !path.exists() {
		return Err(usage(format!(
			"{text:?} is neither an engine's id (64 hexadecimal digits) nor a file"
		)));
	}
	Ok(EngineId::of(&read_file(path)?))
}
