//! `assay gov`

mod propose;
mod text;

use super::{account, execute, finish, parse_account};
use crate::{
	args::{Context, Gov, Side, Stake},
	local::read_file,
	output::{ExitStatus, Text},
	text::{count, list},
};
use assay_client::{
	calls::{self, Call},
	chain::{ReferendumStatus, TrackVotes},
	governance::Conviction,
	json::{AppliedUpgrade, Delegated, Referendum, Track, Undelegated, Votes},
	tx, AccountId32, Chain,
};
use codec::Compact;
use text::Environment;

/// Proposes, votes, delegates, and shows referenda.
pub async fn run(command: Gov, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Gov::Propose(args) => propose::run(args, context).await,
		Gov::Tracks => tracks(context).await,
		Gov::Referenda { all } => referenda(all, context).await,
		Gov::Show { referendum } => {
			let chain = context.chain().await?;
			let environment = Environment::read(&chain).await?;
			let shown = environment.referendum(&chain, referendum).await?;
			context.output.result(&shown, |shown| environment.text(shown));
			Ok(ExitStatus::Success)
		}
		Gov::Deposit { referendum } => {
			let call = calls::place_decision_deposit(referendum);
			execute_and_show(context, &call, "the decision deposit is placed", referendum).await
		}
		Gov::Vote {
			referendum,
			side,
			stake,
		} => vote(referendum, side, &stake, context).await,
		Gov::Delegate { to, track, stake } => delegate(&to, track, &stake, context).await,
		Gov::Undelegate { track } => {
			let chain = context.chain().await?;
			let call = calls::undelegate(chain.track(&track).await?.id);
			let done = format!(
				"your votes on track {track} are no longer delegated; `assay gov unlock` unlocks what is no longer \
					 locked"
			);
			finish(context, &chain, &call, &Undelegated { track }, done).await
		}
		Gov::Votes { account: given } => {
			let account = account(given, context)?;
			let chain = context.chain().await?;
			show_votes(&chain, account, &chain.votes(account).await?, context).await
		}
		Gov::Unlock => unlock(context).await,
		Gov::Upgrade { file } => {
			let code = read_file(&file)?;
			let chain = context.chain().await?;
			let done = "the runtime is upgraded: the chain runs it from the next block on".to_owned();
			let call = calls::apply_authorized_upgrade(&code);
			finish(context, &chain, &call, &AppliedUpgrade { upgraded: true }, done).await
		}
	}
}

/// Makes one call about a referendum, and shows the referendum afterwards.
async fn execute_and_show(context: &Context, call: &Call, done: &str, referendum: u32) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	// A referendum that does not exist results in a better error than the chain's.
	chain.referendum(referendum).await?;
	execute(context, &chain, &signer, call, "waiting until it is final").await?;
	let environment = Environment::read(&chain).await?;
	let shown = environment.referendum(&chain, referendum).await?;
	context
		.output
		.result(&shown, |shown| format!("{done}\n{}", environment.text(shown)));
	Ok(ExitStatus::Success)
}

async fn vote(referendum: u32, side: Side, stake: &Stake, context: &Context) -> anyhow::Result<ExitStatus> {
	let (aye, word) = match side {
		Side::Aye => (true, "aye"),
		Side::Nay => (false, "nay"),
	};
	let (amount, conviction) = (stake.amount, stake.conviction);
	let call = calls::vote(Compact(referendum), (0, conviction.vote(aye), amount.0));
	let period = context.chain().await?.locking_period().await?;
	let locked = match locked_blocks(conviction, period) {
		0 => "until the vote has ended".to_owned(),
		blocks => format!(
			"until the vote has ended and, if your side wins, for {} more",
			count(blocks, "block")
		),
	};
	let done = format!("voted {word} with {amount} ASY, which are locked {locked}");
	execute_and_show(context, &call, &done, referendum).await
}

/// Returns the blocks for which a conviction locks tokens.
fn locked_blocks(conviction: Conviction, period: u32) -> u32 {
	period.saturating_mul(conviction.periods())
}

async fn delegate(to: &str, track: String, stake: &Stake, context: &Context) -> anyhow::Result<ExitStatus> {
	let to = parse_account(to)?;
	let chain = context.chain().await?;
	let id = chain.track(&track).await?.id;
	let document = Delegated {
		to,
		track,
		amount: stake.amount,
		conviction: stake.conviction.0,
		locked_blocks: locked_blocks(stake.conviction, chain.locking_period().await?),
	};
	let call = calls::delegate(id, (0, to), document.conviction, document.amount.0);
	let done = document.text();
	finish(context, &chain, &call, &document, done).await
}

impl Text for Delegated {
	fn text(&self) -> String {
		let Self {
			to,
			track,
			amount,
			locked_blocks,
			..
		} = self;
		let locked = match locked_blocks {
			0 => "until the delegation ends".to_owned(),
			blocks => format!("until {} after the delegation ends", count(*blocks, "block")),
		};
		format!(
			"{to} votes with {amount} ASY of yours on track {track}. They are locked {locked}; `assay gov undelegate \
			 --track {track}` ends the delegation"
		)
	}
}

async fn unlock(context: &Context) -> anyhow::Result<ExitStatus> {
	let signer = context.signer()?;
	let chain = context.chain().await?;
	let mut batch = Vec::new();
	let votes = chain.votes(signer.account).await?;
	for on in &votes {
		for vote in on.votes.iter().filter(|vote| vote.ended) {
			batch.push(calls::remove_vote(Some(on.track), vote.referendum));
		}
		if on.delegate.is_none() {
			batch.push(calls::unlock(on.track, (0, signer.account)));
		}
	}
	if batch.is_empty() {
		let tracks = Environment::read(&chain).await?;
		let votes = Votes::new(signer.account, &votes, tracks.tracks());
		context.output.result(&votes, nothing_to_unlock);
		return Ok(ExitStatus::Success);
	}
	let mut encoded = Vec::with_capacity(batch.len());
	for call in &batch {
		encoded.push(calls::encoded(tx::encode_call(&chain, call).await?));
	}
	let call = calls::batch_all(&encoded);
	execute(context, &chain, &signer, &call, "waiting until it is final").await?;
	show_votes(&chain, signer.account, &chain.votes(signer.account).await?, context).await
}

/// Says why no tokens can be unlocked: an account without unlockable votes has none, or delegations only.
fn nothing_to_unlock(votes: &Votes) -> String {
	let ends: Vec<_> = votes
		.tracks
		.iter()
		.map(|on| format!("`assay gov undelegate --track {}`", on.track))
		.collect();
	match ends.is_empty() {
		true => "nothing to unlock: no votes of yours lock tokens".to_owned(),
		false => format!(
			"nothing to unlock: your votes are delegated, and their tokens are locked until {}",
			ends.join(" and ")
		),
	}
}

async fn show_votes(
	chain: &Chain,
	account: AccountId32,
	votes: &[TrackVotes],
	context: &Context,
) -> anyhow::Result<ExitStatus> {
	let environment = Environment::read(chain).await?;
	let votes = Votes::new(account, votes, environment.tracks());
	context.output.result(&votes, |votes| environment.votes(votes));
	Ok(ExitStatus::Success)
}

async fn tracks(context: &Context) -> anyhow::Result<ExitStatus> {
	let environment = Environment::read(&context.chain().await?).await?;
	let tracks: Vec<_> = environment.tracks().iter().map(Track::new).collect();
	context.output.results(&tracks, |tracks| {
		list(tracks, "no tracks", |track| environment.track(track))
	});
	Ok(ExitStatus::Success)
}

async fn referenda(all: bool, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let environment = Environment::read(&chain).await?;
	let mut shown = Vec::new();
	let mut before = None;
	loop {
		let page = chain.referenda(before).await?;
		let Some(last) = page.last() else { break };
		before = Some(last.index);
		for info in &page {
			if all || matches!(info.status, ReferendumStatus::Ongoing(_)) {
				shown.push(Referendum::new(&chain, environment.tracks(), info).await?);
			}
		}
	}
	let empty = match all {
		true => "no referendum yet: `assay gov propose` submits one",
		false => "no referendum is ongoing: --all includes those that are decided",
	};
	context.output.results(&shown, |shown| {
		list(shown, empty, |referendum| environment.line(referendum))
	});
	Ok(ExitStatus::Success)
}
