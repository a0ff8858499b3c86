//! `assay family`

use super::{finish, parse_account};
use crate::{
	args::{Context, Family as Command, Publish},
	output::{ExitStatus, Text},
	text::{list, table},
};
use anyhow::bail;
use assay_client::{
	calls,
	families::full_name,
	json::{ClaimedFamily, Family, LatestVersion, PublishedVersion, ReleasedFamily, TransferredFamily},
	text::printable,
};
use assay_primitives::names::FamilyName;

/// Claims, publishes in, transfers, releases, shows and lists families.
pub async fn run(command: Command, context: &Context) -> anyhow::Result<ExitStatus> {
	match command {
		Command::Claim { name } => {
			let chain = context.chain().await?;
			let family = printable(&name);
			let done =
				format!("{family} is yours: `assay family publish {family} VERSION MODEL` publishes a model in it");
			let document = ClaimedFamily { family };
			finish(context, &chain, &calls::claim_family(&name), &document, done).await
		}
		Command::Publish(args) => publish(args, context).await,
		Command::Latest { name, version } => {
			let chain = context.chain().await?;
			let document = LatestVersion {
				family: printable(&name),
				latest: printable(&version),
			};
			let done = format!(
				"{} stands for {} from now on",
				document.family,
				full_name(&name, &version)
			);
			finish(context, &chain, &calls::set_latest(&name, &version), &document, done).await
		}
		Command::Transfer { name, account } => {
			let owner = parse_account(&account)?;
			let chain = context.chain().await?;
			let document = TransferredFamily {
				family: printable(&name),
				owner,
			};
			let done = format!(
				"{} belongs to {owner} now; the owners of its models stay the same",
				document.family
			);
			let call = calls::transfer_family(&name, owner);
			finish(context, &chain, &call, &document, done).await
		}
		Command::Release { name, yes } => release(&name, yes, context).await,
		Command::Show { name } => {
			let family = context.chain().await?.family(&name).await?;
			context.output.document(&Family::new(&family));
			Ok(ExitStatus::Success)
		}
		Command::List => {
			let families = context.chain().await?.families().await?;
			let families: Vec<_> = families.iter().map(Family::new).collect();
			context.output.results(&families, |families| {
				list(families, "no families yet: `assay family claim` claims one", line)
			});
			Ok(ExitStatus::Success)
		}
	}
}

async fn publish(args: Publish, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let document = PublishedVersion {
		name: full_name(&args.name, &args.version),
		model: chain.resolve(&args.model).await?,
		latest: args.latest,
	};
	let done = published(&document.name, &args.name, args.latest);
	let call = calls::publish(&args.name, &args.version, document.model, args.latest);
	finish(context, &chain, &call, &document, done).await
}

async fn release(name: &FamilyName, yes: bool, context: &Context) -> anyhow::Result<ExitStatus> {
	let chain = context.chain().await?;
	let closed = !chain.family(name).await?.versions.is_empty();
	let family = printable(name);
	if closed && !yes {
		let about = format!("{family} has versions: it will be closed forever, and its deposit burned.");
		if !context.output.confirm(about, "Close it?")? {
			bail!("{family} was not released");
		}
	}
	let done = match closed {
		false => format!("{family} is released: anybody may claim its name, and its deposit is yours again"),
		true => format!("{family} is closed: its versions keep their models forever, and its deposit is burned"),
	};
	let document = ReleasedFamily { family, closed };
	finish(context, &chain, &calls::release_family(name), &document, done).await
}

/// Says what a new version stands for.
pub fn published(full_name: &str, family: &FamilyName, latest: bool) -> String {
	match latest {
		true => format!(
			"published as {full_name} forever, and as {} from now on",
			printable(family)
		),
		false => format!("published as {full_name} forever"),
	}
}

fn line(family: &Family) -> String {
	format!(
		"{:<20} latest {:<10} {} versions  {}",
		family.family,
		family.latest.as_deref().unwrap_or("none"),
		family.versions.len(),
		family
			.owner
			.map_or_else(|| "closed".to_owned(), |owner| owner.to_string())
	)
}

impl Text for Family {
	fn text(&self) -> String {
		let owner = match &self.owner {
			Some(owner) => owner.to_string(),
			None => "none: it is closed, and its versions keep their models forever".to_owned(),
		};
		let latest = match &self.latest {
			Some(version) => format!("{version}, which the name alone stands for"),
			None => "none: the name alone stands for no model".to_owned(),
		};
		let mut lines = vec![("family", self.family.clone()), ("owner", owner), ("latest", latest)];
		let width = self
			.versions
			.iter()
			.map(|version| version.version.len())
			.max()
			.unwrap_or(0);
		lines.extend(
			self.versions
				.iter()
				.map(|version| ("version", format!("{:<width$}  {}", version.version, version.model))),
		);
		table(lines)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::fixtures::job;
	use assay_client::json::Version;
	use assay_primitives::ModelId;

	#[test]
	fn a_family_is_shown_with_its_versions() {
		let mut family = Family {
			family: "digits".into(),
			owner: Some(job().requester),
			latest: None,
			versions: vec![Version {
				version: "1".into(),
				model: ModelId([7; 32].into()),
			}],
		};
		assert!(family.text().contains("the name alone stands for no model"));
		family.latest = Some("1".into());
		assert!(family.text().contains("1, which the name alone stands for"));
		family.owner = None;
		assert!(family.text().contains("closed") && line(&family).ends_with("closed"));
	}
}
