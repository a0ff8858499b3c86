//! `assay quote`

use super::{
	model::{announced_json, announced_line},
	request::off_the_market,
};
use crate::{
	amount::Amount,
	args::{Context, Quote as Args},
	chain::{ModelInfo, Quote},
	findings::status_name,
	output::{table, Verdict},
	terms::{self, fee_json, fee_lines, obstacles, periods_json, Chance, Obstacle, Odds},
};
use serde_json::{json, Value};
use std::time::Duration;

/// What a request would cost and meet now.
pub async fn run(args: Args, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let (items, terms) = (args.terms.batch, args.terms.terms(u128::MAX));
	let model = chain.named_model(&args.model).await?;
	let Some(quote) = chain.quote(model.id, items, &terms).await? else {
		return Err(off_the_market(&model));
	};
	let block_time = chain.block_time().await?;
	let obstacles = obstacles(&quote, &terms, model.status);
	context.output.result(
		text(&args, &model, &quote, &obstacles, block_time),
		&to_json(&args, &model, &quote, &obstacles, block_time),
	);
	Ok(if obstacles.is_empty() {
		Verdict::Fine
	} else {
		Verdict::Refused
	})
}

fn text(args: &Args, model: &ModelInfo, quote: &Quote, obstacles: &[Obstacle], block_time: Duration) -> String {
	let mut lines = vec![
		("model", format!("{} {}", model.id, status_name(model.status))),
		("checkers", args.terms.checkers.to_string()),
	];
	if args.terms.batch > 1 {
		lines.push(("inputs", args.terms.batch.to_string()));
	}
	lines.extend(fee_lines(&quote.fee));
	lines.extend(announced_line(model));
	let fewest = match quote.fewest_checkers {
		Some(fewest) => fewest.to_string(),
		None => "not even the most are enough".to_owned(),
	};
	let blocks = |count| terms::blocks(count, block_time);
	lines.extend([
		("value at risk", format!("{} ASY", args.terms.value_at_risk)),
		(
			"unseen",
			format!(
				"a false claim meets nobody honest with a chance of {}",
				Chance(quote.passing.deconstruct())
			),
		),
		("deterrence", Odds(quote.deterrence.into_inner()).to_string()),
		("fewest checkers", fewest),
		("workers free", quote.servers.to_string()),
		("slots free", quote.free_slots.to_string()),
		(
			"to commit",
			format!("{}, and again for checkers", blocks(quote.periods.commit)),
		),
		("to reveal", blocks(quote.periods.reveal)),
		("to challenge", blocks(quote.periods.window)),
		("to vote", format!("{}, if disputed", blocks(quote.periods.vote))),
	]);
	lines.push((
		"verdict",
		match obstacles {
			[] => "a request on these terms is accepted now".to_owned(),
			_ => "a request on these terms is refused now:".to_owned(),
		},
	));
	lines.extend(obstacles.iter().map(|o| ("", format!("{}: {}", o.name, o.reason))));
	table(lines)
}

fn to_json(args: &Args, model: &ModelInfo, quote: &Quote, obstacles: &[Obstacle], block_time: Duration) -> Value {
	let odds = Odds(quote.deterrence.into_inner());
	let refusal = |o: &Obstacle| json!({ "name": o.name, "reason": o.reason, "passes": o.passes });
	json!({
		"model": model.id,
		"status": status_name(model.status),
		"announced": announced_json(model),
		"items": args.terms.batch,
		"checkers": args.terms.checkers,
		"value_at_risk": args.terms.value_at_risk.to_string(),
		"fee": Amount(quote.fee.total()).to_string(),
		"fee_parts": fee_json(&quote.fee),
		"passing": Chance(quote.passing.deconstruct()).value(),
		"deterrence": odds.value(),
		"deterred": odds.deter(),
		"fewest_checkers": quote.fewest_checkers,
		"servers": quote.servers,
		"free_slots": quote.free_slots,
		"periods": periods_json(&quote.periods),
		"block_seconds": block_time.as_secs_f64(),
		"accepted": obstacles.is_empty(),
		"refusals": obstacles.iter().map(refusal).collect::<Value>(),
	})
}
