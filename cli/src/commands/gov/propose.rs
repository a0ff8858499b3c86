//! `assay gov propose`

use super::text::Environment;
use crate::{
	args::{Context, EngineProposal, Proposal, Propose},
	error::usage,
	local::read_file,
	output::ExitStatus,
};
use anyhow::{bail, Context as _};
use assay_client::{
	calls::{self, Call},
	chain::TrackInfo,
	governance::{blake2, parameter, Proposed},
	json::ModelStatus,
	tx, Amount, Chain,
};
use assay_primitives::{api, EngineId, ModelId, ModelRef};
use std::path::Path;

/// The enactment moment: as soon as the track allows.
const AS_SOON_AS_POSSIBLE: (u8, u32) = (1, 0);

/// Submits a proposal, and places its decision deposit unless somebody else is to.
pub async fn run(args: Propose, context: &Context) -> anyhow::Result<ExitStatus> {
	let output = &context.output;
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let (call, track) = build(&args, &chain).await?;
	let track = chain.track(track).await?;
	let bytes = tx::encode_call(&chain, &call).await?;
	let proposed = Proposed::of(&bytes);

	let spinner = output.spinner("proposing, until it is final");
	if let Proposed::Lookup { .. } = proposed {
		tx::execute(&chain, &signer, &calls::note_preimage(&bytes)).await?;
	}
	let origin = track
		.origin
		.clone()
		.with_context(|| format!("track {} takes no proposals", track.id))?;
	let origin = calls::encoded(origin);
	let submit = calls::submit_referendum(origin, &proposed, AS_SOON_AS_POSSIBLE);
	let events = tx::execute(&chain, &signer, &submit).await?;
	let index = tx::find_event(&events, "Referenda", "Submitted")
		.context("the node does not report the referendum's number: `assay gov referenda` lists it")?;
	if !args.no_deposit {
		let deposit = calls::place_decision_deposit(index);
		tx::execute(&chain, &signer, &deposit)
			.await
			.with_context(|| unpaid(index, &track))?;
	}
	spinner.finish_and_clear();

	let environment = Environment::read(&chain).await?;
	let mut shown = environment.referendum(&chain, index).await?;
	shown.decision_deposit = Some(Amount(track.decision_deposit));
	output.result(&shown, |shown| environment.text(shown));
	if let Proposal::Upgrade { file } = &args.what {
		output.note(format!(
			"once it has taken effect, anybody can apply the upgrade: `assay gov upgrade {}`",
			file.display()
		));
	}
	Ok(ExitStatus::Success)
}

fn unpaid(index: u32, track: &TrackInfo) -> String {
	format!(
		"referendum {index} is submitted, but its decision deposit of {} ASY is not placed: `assay gov deposit \
			 {index}` places it",
		Amount(track.decision_deposit)
	)
}

/// Builds the call that is proposed, and names the track that may dispatch it. A proposal that could have no effect is
/// refused before anything is paid.
async fn build(args: &Propose, chain: &Chain) -> anyhow::Result<(Call, &'static str)> {
	let reason = args.reason.as_ref().map(|text| blake2(text.as_bytes()));
	let is_stopped = |status: api::ModelStatus| status.is_stopped();
	Ok(match &args.what {
		Proposal::List { model } => {
			let model = expect(chain, model, "open", |status| status == api::ModelStatus::Open).await?;
			(calls::list_model(model, reason), "model")
		}
		Proposal::Delist { model } => {
			let model = expect(chain, model, "listed", |status| status == api::ModelStatus::Listed).await?;
			(calls::delist_model(model, reason), "model")
		}
		Proposal::Quarantine { model } => {
			let model = expect(chain, model, "neither quarantined nor barred", |status| {
				!is_stopped(status)
			})
			.await?;
			(calls::quarantine_model(model, reason), "quarantine")
		}
		Proposal::Release { model } => {
			let model = expect(chain, model, "quarantined or barred", is_stopped).await?;
			(calls::release_model(model, reason), "model")
		}
		Proposal::Bar { model } => {
			let is_not_barred = |status| status != api::ModelStatus::Barred;
			let model = expect(chain, model, "not barred", is_not_barred).await?;
			(calls::bar_model(model, reason), "model")
		}
		Proposal::Engine(EngineProposal::List { engine }) => {
			let engine = engine_id(engine)?;
			if chain.engines().await?.contains(&engine) {
				bail!("engine {engine} is listed already: there is nothing to propose");
			}
			(calls::list_engine(engine, reason), "engine")
		}
		Proposal::Engine(EngineProposal::Retire { engine, notice }) => {
			let engine = engine_id(engine)?;
			if !chain.engines().await?.contains(&engine) {
				bail!("engine {engine} is not listed on this chain, so it cannot be retired: check its id");
			}
			(calls::retire_engine(engine, *notice, reason), "engine")
		}
		Proposal::Param { name, value } => {
			let key_value = parameter(&chain.protocol().await?, name, value).map_err(usage)?;
			(calls::set_parameter(calls::encoded(key_value)), "parameters")
		}
		Proposal::Upgrade { file } => {
			let code = read_file(file)?;
			(calls::authorize_upgrade(blake2(&code)), "root")
		}
	})
}

/// Resolves a model, and refuses a proposal about one whose status it does not fit.
async fn expect(
	chain: &Chain,
	model: &ModelRef,
	expected: &str,
	fits: impl Fn(api::ModelStatus) -> bool,
) -> anyhow::Result<ModelId> {
	let info = chain.named_model(model).await?;
	if !fits(info.status) {
		bail!(
			"model {0} is {1}, and this proposal needs a model that is {expected}: `assay model show {0}` shows its \
				 status",
			info.id,
			ModelStatus::from(info.status)
		);
	}
	Ok(info.id)
}

/// Returns an engine by its id, or by the file of its blob.
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
