//! `assay quote`

use super::request::no_jobs_accepted;
use crate::{
	args::{Context, Quote as Args},
	output::{ExitStatus, Text},
	text::{
		blocks,
		job::{assumptions, pool},
		model::announced_line,
		table,
		terms::fee_lines,
	},
};
use assay_client::json::{Bound, Quote};
use std::time::Duration;

/// Prints what a job would cost, and whether the chain would accept it now.
pub async fn run(args: Args, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let (items, terms) = (args.terms.batch, args.terms.terms(u128::MAX));
	let model = chain.named_model(&args.model).await?;
	let Some(quote) = chain.quote(model.id, items, &terms).await? else {
		return Err(no_jobs_accepted(&model));
	};
	let quote = Quote::new(&model, items, &terms, &quote, chain.block_time().await?);
	context.output.document(&quote);
	Ok(ExitStatus::of(quote.accepted))
}

/// Says why no more may be at risk.
fn limit(bound: Bound) -> &'static str {
	match bound {
		Bound::Workers => {
			"because everybody could foresee who is drawn: it takes twice as many workers as the job draws"
		}
		Bound::Draw => "or cheating would pay a group with the assumed share of slots and authors",
		Bound::Capture => "or it would pay a party that owns the whole pool",
		Bound::Pool => "or a third of the pool would cost less",
	}
}

impl Text for Quote {
	fn text(&self) -> String {
		let mut lines = vec![
			("model", format!("{} {}", self.model, self.status)),
			("checkers", self.checkers.to_string()),
		];
		if self.items > 1 {
			lines.push(("inputs", self.items.to_string()));
		}
		lines.extend(fee_lines(self.fee, &self.fee_parts));
		lines.extend(self.announced.as_ref().map(announced_line));
		let min_checkers = match self.min_checkers {
			Some(min) => min.to_string(),
			None => "no number of checkers deters cheating".to_owned(),
		};
		let block_time = Duration::from_secs_f64(self.block_seconds);
		let blocks = |count| blocks(count, block_time);
		let accepted = match self.accepted {
			true => "a request on these terms is accepted now".to_owned(),
			false => "a request on these terms is refused now:".to_owned(),
		};
		lines.extend([
			("value at risk", format!("{} ASY", self.value_at_risk)),
			("  at most", format!("{} ASY, {}", self.most_at_risk, limit(self.bound))),
			("slots", format!("{} of the executor", self.backing.slots)),
			("judged by", assumptions(&self.backing)),
			("pool", pool(&self.backing)),
			(
				"evasion",
				format!(
					"if the claim is false, the chance that no honest worker checks it is {}, under these assumptions",
					self.evasion_probability
				),
			),
			("deterrence", self.deterrence.to_string()),
			("min. checkers", min_checkers),
			("workers", self.available_workers.to_string()),
			("free slots", self.free_slots.to_string()),
			("free checks", self.free_checks.to_string()),
			(
				"to commit",
				format!("{}, and again for checkers", blocks(self.periods.commit)),
			),
			("to reveal", blocks(self.periods.reveal)),
			("to challenge", blocks(self.periods.window)),
			("to vote", format!("{}, if disputed", blocks(self.periods.vote))),
			("accepted", accepted),
		]);
		lines.extend(
			self.refusals
				.iter()
				.map(|refusal| ("", format!("{}: {}", refusal.name, refusal.reason))),
		);
		table(lines)
	}
}
