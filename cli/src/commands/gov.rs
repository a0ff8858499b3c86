//! `assay gov`

mod propose;
mod report;

use super::{account, finish, parse_account, read_file};
use crate::{
	amount::Amount,
	args::{Context, Gov, Side, Stake},
	calls::{self, Call},
	chain::{ReferendumStatus, TrackInfo, TrackVotes},
	governance::Conviction,
	output::{table, Verdict},
	terms::blocks,
};
use codec::Compact;
use report::{track_name, Reporter};
use serde_json::{json, Value};
use std::time::Duration;
use subxt::utils::{AccountId32, Encoded};

/// What token holders propose and decide.
pub async fn run(command: Gov, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Gov::Propose(args) => propose::run(args, context).await,
		Gov::Tracks => tracks(context).await,
		Gov::Referenda { all } => referenda(all, context).await,
		Gov::Show { referendum } => {
			let chain = context.chain().await?;
			let reporter = Reporter::new(&chain).await?;
			let info = chain.referendum(referendum).await?;
			let (text, json) = reporter.whole(&chain, &info).await?;
			context.output.result(text, &json);
			Ok(Verdict::Fine)
		}
		Gov::Deposit { referendum } => {
			let call = calls::place_decision_deposit(referendum);
			then_show(context, &call, "the decision deposit is paid", referendum).await
		}
		Gov::Vote {
			referendum,
			side,
			stake,
		} => vote(referendum, side, &stake, context).await,
		Gov::Delegate { to, track, stake } => delegate(&to, &track, &stake, context).await,
		Gov::Undelegate { track } => {
			let chain = context.chain().await?;
			let id = chain.track(&track).await?.id;
			let done = format!(
				"you vote for yourself on track {track} again; `assay gov unlock` frees what is bound no longer"
			);
			finish(
				context,
				&chain,
				&calls::undelegate(id),
				&done,
				json!({ "track": track }),
			)
			.await
		}
		Gov::Votes { account: name } => {
			let account = account(name, context)?;
			let chain = context.chain().await?;
			let (votes, tracks) = (chain.votes(account).await?, chain.tracks().await?);
			let now = chain.now().await?;
			context.output.result(
				votes_text(&votes, &tracks, now, chain.block_time().await?),
				&votes_json(&account, &votes, &tracks),
			);
			Ok(Verdict::Fine)
		}
		Gov::Unlock => unlock(context).await,
		Gov::Upgrade { file } => {
			let code = read_file(&file)?;
			let chain = context.chain().await?;
			let done = "the runtime is set: the chain runs it from the next block on";
			let value = json!({ "upgraded": true });
			finish(context, &chain, &calls::apply_authorized_upgrade(&code), done, value).await
		}
	}
}

/// Makes one call about a referendum, and shows how it stands after.
async fn then_show(context: &Context, call: &Call, done: &str, referendum: u32) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	// A referendum that never was is told by name.
	chain.referendum(referendum).await?;
	let spinner = context.output.spinner("waiting until it is final");
	calls::execute(&chain, &signer, call).await?;
	spinner.finish_and_clear();
	let reporter = Reporter::new(&chain).await?;
	let (text, json) = reporter.whole(&chain, &chain.referendum(referendum).await?).await?;
	context.output.result(format!("{done}\n{text}"), &json);
	Ok(Verdict::Fine)
}

async fn vote(referendum: u32, side: Side, stake: &Stake, context: &Context) -> anyhow::Result<Verdict> {
	let aye = side == Side::Aye;
	let word = if aye { "aye" } else { "nay" };
	let (amount, conviction) = (stake.amount, stake.conviction);
	let call = calls::vote(Compact(referendum), (0, conviction.vote(aye), amount.0));
	let period = context.chain().await?.locking_period().await?;
	let done = format!(
		"voted {word} with {amount} ASY, which {}",
		bound(conviction, period, "the vote has ended")
	);
	then_show(context, &call, &done, referendum).await
}

/// For how long tokens cannot be moved.
fn bound(conviction: Conviction, period: u32, event: &str) -> String {
	match conviction.periods() {
		0 => format!("are bound until {event}"),
		periods => format!(
			"are bound until {event} and, if it ends as you vote, for {} blocks more",
			period.saturating_mul(periods)
		),
	}
}

async fn delegate(to: &str, track: &str, stake: &Stake, context: &Context) -> anyhow::Result<Verdict> {
	let to = parse_account(to)?;
	let chain = context.chain().await?;
	let id = chain.track(track).await?.id;
	let period = chain.locking_period().await?;
	let (amount, conviction) = (stake.amount, stake.conviction);
	let call = calls::delegate(id, (0, to), conviction.0, amount.0);
	let done = format!(
		"{to} votes with {amount} ASY of yours on track {track}. They {}; `assay gov undelegate --track {track}` takes it back",
		match conviction.periods() {
			0 => "are bound until you take it back".to_owned(),
			periods => format!(
				"are bound until {} blocks after you take it back",
				period.saturating_mul(periods)
			),
		}
	);
	let value =
		json!({ "to": to.to_string(), "track": track, "amount": amount.to_string(), "conviction": conviction.0 });
	finish(context, &chain, &call, &done, value).await
}

async fn unlock(context: &Context) -> anyhow::Result<Verdict> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let mut batch = Vec::new();
	for on in chain.votes(signer.account).await? {
		for vote in on.votes.iter().filter(|vote| vote.ended) {
			batch.push(calls::remove_vote(Some(on.track), vote.referendum));
		}
		if on.delegate.is_none() {
			batch.push(calls::unlock(on.track, (0, signer.account)));
		}
	}
	if batch.is_empty() {
		context.output.result(
			"no votes of yours bind any tokens that could be freed: a delegation does until `assay gov undelegate`",
			&json!({ "calls": 0 }),
		);
		return Ok(Verdict::Fine);
	}
	let mut encoded = Vec::with_capacity(batch.len());
	for call in &batch {
		encoded.push(Encoded(calls::encode(&chain, call).await?));
	}
	let spinner = context.output.spinner("waiting until it is final");
	calls::execute(&chain, &signer, &calls::batch_all(&encoded)).await?;
	spinner.finish_and_clear();
	let (left, tracks) = (chain.votes(signer.account).await?, chain.tracks().await?);
	let text = votes_text(&left, &tracks, chain.now().await?, chain.block_time().await?);
	context
		.output
		.result(text, &votes_json(&signer.account, &left, &tracks));
	Ok(Verdict::Fine)
}

async fn tracks(context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let (tracks, block_time) = (chain.tracks().await?, chain.block_time().await?);
	let lines = tracks.iter().map(|track| {
		format!(
			"{:<12} deposit {} ASY; prepares {}, decides within {}, confirms {}, takes effect after {}",
			track_name(&tracks, track.id),
			Amount(track.decision_deposit),
			blocks(track.prepare, block_time),
			blocks(track.decide, block_time),
			blocks(track.confirm, block_time),
			blocks(track.enact, block_time),
		)
	});
	let text = lines.collect::<Vec<_>>().join("\n");
	let json = tracks.iter().map(|track| {
		json!({
			"id": track.id,
			"name": track_name(&tracks, track.id),
			"decision_deposit": Amount(track.decision_deposit).to_string(),
			"prepare": track.prepare,
			"decide": track.decide,
			"confirm": track.confirm,
			"enact": track.enact,
		})
	});
	context.output.result(text, &json.collect());
	Ok(Verdict::Fine)
}

async fn referenda(all: bool, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let reporter = Reporter::new(&chain).await?;
	let (mut lines, mut values) = (Vec::new(), Vec::new());
	let mut before = None;
	loop {
		let page = chain.referenda(before).await?;
		let Some(last) = page.last() else { break };
		before = Some(last.index);
		for info in &page {
			if all || matches!(info.status, ReferendumStatus::Ongoing(_)) {
				let (line, value) = reporter.line(&chain, info).await?;
				lines.push(line);
				values.push(value);
			}
		}
	}
	let human = match (lines.is_empty(), all) {
		(true, true) => "no referendum yet: `assay gov propose` submits one".to_owned(),
		(true, false) => "nothing is being voted on: --all lists what was".to_owned(),
		_ => lines.join("\n"),
	};
	context.output.result(human, &Value::Array(values));
	Ok(Verdict::Fine)
}

fn votes_text(votes: &[TrackVotes], tracks: &[TrackInfo], now: u32, block_time: Duration) -> String {
	if votes.is_empty() {
		return "nothing is bound by votes".to_owned();
	}
	let lines = votes.iter().flat_map(|on| {
		let bound = match on.bound_until.checked_sub(now) {
			Some(left) if left > 0 => format!(
				", a part of it by what was won until block {}, in {}",
				on.bound_until,
				blocks(left, block_time)
			),
			_ => String::new(),
		};
		let head = (
			track_name(tracks, on.track),
			format!("{} ASY bound{bound}", Amount(on.locked)),
		);
		let votes = on.votes.iter().map(|vote| {
			let side = match vote.aye {
				Some(true) => "aye",
				Some(false) => "nay",
				None => "split",
			};
			let ended = if vote.ended {
				", decided: `assay gov unlock` removes it"
			} else {
				""
			};
			let text = format!(
				"{side} on referendum {} with {} ASY{ended}",
				vote.referendum,
				Amount(vote.amount)
			);
			(String::new(), text)
		});
		let delegate = on.delegate.as_ref().map(|(to, amount)| {
			let text = format!("{to} votes with {} ASY of it", Amount(*amount));
			(String::new(), text)
		});
		std::iter::once(head).chain(votes).chain(delegate).collect::<Vec<_>>()
	});
	let lines: Vec<_> = lines.collect();
	table(lines.iter().map(|(name, text)| (name.as_str(), text.clone())))
}

fn votes_json(account: &AccountId32, votes: &[TrackVotes], tracks: &[TrackInfo]) -> Value {
	json!({
		"account": account.to_string(),
		"tracks": votes.iter().map(|on| json!({
			"track": track_name(tracks, on.track),
			"locked": Amount(on.locked).to_string(),
			"bound_until": on.bound_until,
			"votes": on.votes.iter().map(|vote| json!({
				"referendum": vote.referendum,
				"aye": vote.aye,
				"amount": Amount(vote.amount).to_string(),
				"decided": vote.ended,
			})).collect::<Value>(),
			"delegate": on.delegate.as_ref().map(|(to, amount)| json!({
				"to": to.to_string(),
				"amount": Amount(*amount).to_string(),
			})),
		})).collect::<Value>(),
	})
}
