//! `assay family`

use super::{finish, parse_account};
use crate::{
	args::{Context, Family, Publish},
	calls::{self, Call, Signer},
	chain::{Chain, FamilyInfo},
	output::{printable, table, Verdict},
};
use anyhow::bail;
use assay_primitives::{
	names::{skeleton, FamilyName, VersionName},
	ModelId,
};
use serde_json::{json, Value};
use subxt::utils::{AccountId32, Encoded};

/// Names of models.
pub async fn run(command: Family, context: &Context) -> anyhow::Result<Verdict> {
	match command {
		Family::Claim { name } => {
			let chain = context.chain().await?;
			let text = printable(&name);
			let done = format!("{text} is yours: `assay family publish {text} VERSION MODEL` names a model in it");
			finish(
				context,
				&chain,
				&calls::claim_family(&name),
				&done,
				json!({ "family": text }),
			)
			.await
		}
		Family::Publish(args) => publish_one(args, context).await,
		Family::Latest { name, version } => {
			let chain = context.chain().await?;
			let (text, version_text) = (printable(&name), printable(&version));
			let done = format!("{text} means {text}@{version_text} from now on");
			let value = json!({ "family": text, "latest": version_text });
			finish(context, &chain, &calls::point_latest(&name, &version), &done, value).await
		}
		Family::Transfer { name, account } => {
			let to = parse_account(&account)?;
			let chain = context.chain().await?;
			let text = printable(&name);
			let done = format!("{text} belongs to {to} now: its models stay whose they are");
			let value = json!({ "family": text, "owner": to.to_string() });
			finish(context, &chain, &calls::transfer_family(&name, to), &done, value).await
		}
		Family::Release { name, yes } => release(&name, yes, context).await,
		Family::Show { name } => {
			let family = context.chain().await?.family(&name).await?;
			context.output.result(text(&family), &to_json(&family));
			Ok(Verdict::Fine)
		}
		Family::List => list(context).await,
	}
}

async fn publish_one(args: Publish, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let model = chain.resolve(&args.model).await?;
	let full = full_name(&args.name, &args.version);
	let done = published_text(&full, &args.name, args.latest);
	let value = json!({ "name": full, "model": model, "latest": args.latest });
	let call = calls::publish(&args.name, &args.version, model, args.latest);
	finish(context, &chain, &call, &done, value).await
}

async fn release(name: &FamilyName, yes: bool, context: &Context) -> anyhow::Result<Verdict> {
	let chain = context.chain().await?;
	let family = chain.family(name).await?;
	let text = printable(name);
	if !yes && !family.versions.is_empty() {
		let about = format!("{text} has versions: it will be closed for ever, and its deposit burned.");
		if !context.output.agreed(about, "Close it?")? {
			bail!("{text} is as it was");
		}
	}
	let done = match family.versions.len() {
		0 => format!("{text} is anybody's to claim, and its deposit is yours again"),
		_ => format!("{text} is closed: its versions mean what they mean for ever, and its deposit is burned"),
	};
	let value = json!({ "family": text, "closed": !family.versions.is_empty() });
	finish(context, &chain, &calls::release_family(name), &done, value).await
}

async fn list(context: &Context) -> anyhow::Result<Verdict> {
	let families = context.chain().await?.families().await?;
	let human = match families.as_slice() {
		[] => "no families yet: `assay family claim` takes a name for one".to_owned(),
		families => families.iter().map(line).collect::<Vec<_>>().join("\n"),
	};
	context.output.result(human, &families.iter().map(to_json).collect());
	Ok(Verdict::Fine)
}

/// `family@version`
fn full_name(name: &FamilyName, version: &VersionName) -> String {
	format!("{}@{}", printable(name), printable(version))
}

/// What a new version means.
pub fn published_text(full: &str, name: &FamilyName, latest: bool) -> String {
	match latest {
		true => format!("it is {full} for ever, and {} from now on", printable(name)),
		false => format!("it is {full} for ever"),
	}
}

/// Refuses what the chain would not let `account` publish, before anything is paid for it.
pub async fn check(
	chain: &Chain,
	name: &FamilyName,
	version: &VersionName,
	account: &AccountId32,
) -> anyhow::Result<()> {
	match obstacle(&chain.families().await?, name, version, account) {
		Some(reason) => bail!(reason),
		None => Ok(()),
	}
}

/// Why the chain would not let `account` publish this version.
fn obstacle(
	families: &[FamilyInfo],
	name: &FamilyName,
	version: &VersionName,
	account: &AccountId32,
) -> Option<String> {
	let alike = families
		.iter()
		.find(|family| skeleton(&family.name) == skeleton(name))?;
	let text = printable(&alike.name);
	if alike.name != *name {
		return Some(format!(
			"{} looks like {text}, which is a family already: choose another name",
			printable(name)
		));
	}
	match &alike.owner {
		None => Some(format!("family {text} is closed: choose another")),
		Some(owner) if owner != account => Some(format!("family {text} belongs to {owner}: choose another")),
		Some(_) => alike
			.versions
			.iter()
			.find(|(taken, _)| taken == version)
			.map(|(_, model)| {
				format!(
					"{} means {model} for ever: choose another version",
					full_name(name, version)
				)
			}),
	}
}

/// Publishes an open model, and claims the family first if nobody has it. Returns the name.
pub async fn publish(
	chain: &Chain,
	signer: &Signer,
	name: &FamilyName,
	version: &VersionName,
	model: ModelId,
	latest: bool,
) -> anyhow::Result<String> {
	let publish = calls::publish(name, version, model, latest);
	let call: Call = match chain.find_family(name).await? {
		Some(_) => publish,
		None => {
			let mut both = Vec::with_capacity(2);
			for call in [calls::claim_family(name), publish] {
				both.push(Encoded(calls::encode(chain, &call).await?));
			}
			calls::batch_all(&both)
		}
	};
	calls::execute(chain, signer, &call).await?;
	Ok(full_name(name, version))
}

fn latest_text(family: &FamilyInfo) -> String {
	family
		.latest
		.as_ref()
		.map_or_else(|| "none".to_owned(), |version| printable(version))
}

fn owner_text(family: &FamilyInfo) -> String {
	family
		.owner
		.as_ref()
		.map_or_else(|| "closed".to_owned(), |owner| owner.to_string())
}

fn line(family: &FamilyInfo) -> String {
	format!(
		"{:<20} latest {:<10} {} versions  {}",
		printable(&family.name),
		latest_text(family),
		family.versions.len(),
		owner_text(family)
	)
}

fn text(family: &FamilyInfo) -> String {
	let owner = match &family.owner {
		Some(owner) => owner.to_string(),
		None => "nobody: it is closed, and its versions mean what they mean for ever".to_owned(),
	};
	let latest = match &family.latest {
		Some(version) => format!("{}, which the name alone means", printable(version)),
		None => "none: the name alone means nothing".to_owned(),
	};
	let mut lines = vec![
		("family", printable(&family.name)),
		("owner", owner),
		("latest", latest),
	];
	let width = family
		.versions
		.iter()
		.map(|(version, _)| version.len())
		.max()
		.unwrap_or(0);
	lines.extend(
		family
			.versions
			.iter()
			.map(|(version, model)| ("version", format!("{:<width$}  {model}", printable(version)))),
	);
	table(lines)
}

fn to_json(family: &FamilyInfo) -> Value {
	json!({
		"family": printable(&family.name),
		"owner": family.owner.as_ref().map(AccountId32::to_string),
		"latest": family.latest.as_ref().map(|version| printable(version)),
		"versions": family.versions.iter()
			.map(|(version, model)| json!({ "version": printable(version), "model": model }))
			.collect::<Value>(),
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::values;

	const ALICE: AccountId32 = AccountId32([1; 32]);
	const BOB: AccountId32 = AccountId32([2; 32]);

	fn digits(owner: Option<AccountId32>) -> FamilyInfo {
		FamilyInfo {
			name: values::family("digits").unwrap(),
			owner,
			latest: None,
			versions: vec![(values::version("1").unwrap(), ModelId([7; 32].into()))],
		}
	}

	fn refused(owner: Option<AccountId32>, name: &str, version: &str) -> Option<String> {
		let (name, version) = (values::family(name).unwrap(), values::version(version).unwrap());
		obstacle(&[digits(owner)], &name, &version, &ALICE)
	}

	#[test]
	fn what_could_not_be_published_is_told_before_anything_is_paid() {
		assert_eq!(refused(Some(ALICE), "digits", "2"), None);
		assert_eq!(refused(Some(BOB), "letters", "1"), None);
		assert!(refused(Some(BOB), "digits", "2").unwrap().contains(&BOB.to_string()));
		assert!(refused(None, "digits", "2").unwrap().contains("closed"));
		assert!(refused(Some(ALICE), "digits", "1")
			.unwrap()
			.contains("digits@1 means 0x0707"));
		assert!(refused(Some(ALICE), "diglts", "2")
			.unwrap()
			.contains("looks like digits"));
	}

	#[test]
	fn a_family_is_told_with_its_versions() {
		let mut family = digits(Some(ALICE));
		assert!(text(&family).contains("the name alone means nothing"));
		assert!(text(&digits(None)).contains("closed"));
		family.latest = Some(values::version("1").unwrap());
		assert!(text(&family).contains("1, which the name alone means"));
		let json = to_json(&family);
		assert_eq!(
			(&json["latest"], &json["versions"][0]["version"]),
			(&json!("1"), &json!("1"))
		);
		assert_eq!(to_json(&digits(None))["owner"], Value::Null);
	}
}
