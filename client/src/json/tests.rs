//! Checks of the schema: `client/schema/v1.json` and `docs/json.md` are generated from the types, and nothing that is
//! in the schema ever goes away.
//!
//! To update both files after adding a key, run the tests of this crate with `ASSAY_WRITE_DOCS=1`.

use super::{schema::strings, *};
use schemars::{generate::SchemaSettings, json_schema, JsonSchema, Schema, SchemaGenerator};
use serde_json::{json, Map, Value};
use std::{borrow::Cow, fmt::Write as _, fs, path::PathBuf};

strings! {
	Amount: "^[0-9]+(\\.[0-9]{1,12})?$", "An amount: decimal ASY.";
	Fault: "^[A-Za-z]+$", "The name of a fault of the engine, like `Trap`.";
}

/// The output of a command.
enum Prints {
	One(Schema),
	List(Schema),
}

/// Returns what each command prints, in the order of the help.
fn commands(generator: &mut SchemaGenerator) -> Vec<(&'static str, Prints)> {
	macro_rules! one {
		($type:ty) => {
			Prints::One(generator.subschema_for::<$type>())
		};
	}
	macro_rules! list {
		($type:ty) => {
			Prints::List(generator.subschema_for::<$type>())
		};
	}
	vec![
		("infer", list!(InferredRow)),
		("describe", one!(Manifest)),
		("model submit", one!(SubmittedModel)),
		("model list", list!(Model)),
		("model show", one!(Model)),
		("model history", list!(StatusChange)),
		("model describe", one!(DescribedModel)),
		("model price", one!(PricedModel)),
		("model transfer", one!(TransferredModel)),
		("model retire", one!(RetiredModel)),
		("family claim", one!(ClaimedFamily)),
		("family publish", one!(PublishedVersion)),
		("family latest", one!(LatestVersion)),
		("family transfer", one!(TransferredFamily)),
		("family release", one!(ReleasedFamily)),
		("family show", one!(Family)),
		("family list", list!(Family)),
		("worker register", one!(RegisteredWorker)),
		("worker serve", one!(OfferedSlots)),
		("worker stop", one!(OfferedSlots)),
		("worker status", one!(Worker)),
		("worker bond", one!(BondedStake)),
		("worker unbond", one!(UnbondingStake)),
		("worker withdraw", one!(WithdrawnStake)),
		("quote", one!(Quote)),
		("job request", list!(RequestedJob)),
		("job watch", one!(Job)),
		("job show", one!(Job)),
		("job cancel", one!(CancelledJob)),
		("job challenge", one!(Challenge)),
		("job prove", one!(WrittenProof)),
		("dispute show", one!(Dispute)),
		("dispute voter", one!(Voter)),
		("gov propose", one!(Referendum)),
		("gov tracks", list!(Track)),
		("gov referenda", list!(Referendum)),
		("gov show", one!(Referendum)),
		("gov deposit", one!(Referendum)),
		("gov vote", one!(Referendum)),
		("gov delegate", one!(Delegated)),
		("gov undelegate", one!(Undelegated)),
		("gov votes", one!(Votes)),
		("gov unlock", one!(Votes)),
		("gov upgrade", one!(AppliedUpgrade)),
		("verify", one!(Verification)),
		("verify --proof", one!(CheckedProof)),
		("artifact put", one!(StoredArtifact)),
		("artifact get", one!(FetchedArtifact)),
		("stats", one!(Stats)),
		("protocol", one!(Protocol)),
		("any command that fails", one!(Error)),
	]
}

/// Returns the JSON Schema of all documents.
fn schema() -> Value {
	let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
	let document = |schema: &Schema| json!({ "allOf": [{ "$ref": "#/$defs/Document" }, schema] });
	let documents: Map<String, Value> = commands(&mut generator)
		.iter()
		.map(|(command, prints)| {
			let value = match prints {
				Prints::One(schema) => document(schema),
				Prints::List(schema) => json!({ "type": "array", "items": document(schema) }),
			};
			(command.to_string(), value)
		})
		.collect();
	let mut definitions = generator.take_definitions(true);
	definitions.insert(
		"Document".into(),
		json!({
			"description": "The key that every document has.",
			"type": "object",
			"properties": {
				"schema": { "description": "The version of the schema.", "type": "integer", "const": SCHEMA },
			},
			"required": ["schema"],
		}),
	);
	json!({
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title": "What `assay COMMAND --json` prints",
		"documents": documents,
		"$defs": definitions,
	})
}

/// Checks that a reader of the `old` schema understands documents of the `new` one: everything except prose is still
/// there.
fn contains(new: &Value, old: &Value) -> Result<(), String> {
	match (new, old) {
		(Value::Object(new), Value::Object(old)) => {
			for (key, old) in old.iter().filter(|(key, _)| *key != "description" && *key != "title") {
				let new = new.get(key).ok_or_else(|| format!("{key} is gone"))?;
				contains(new, old).map_err(|error| format!("{key}: {error}"))?;
			}
			Ok(())
		}
		(Value::Array(new), Value::Array(old)) => {
			let is_gone = |old: &&Value| !new.iter().any(|new| contains(new, old).is_ok());
			match old.iter().find(is_gone) {
				Some(old) => Err(format!("{old} is gone")),
				None => Ok(()),
			}
		}
		_ if new == old => Ok(()),
		_ => Err(format!("{old} became {new}")),
	}
}

/// Returns the name that a reference refers to.
fn reference(schema: &Value) -> Option<&str> {
	schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// Spells a schema as a type, with links to other types.
fn type_text(schema: &Value) -> String {
	if let Some(name) = reference(schema) {
		return format!("[{name}](#{})", name.to_lowercase());
	}
	for alternatives in ["anyOf", "oneOf", "allOf"] {
		if let Some(all) = schema[alternatives].as_array() {
			return all.iter().map(type_text).collect::<Vec<_>>().join(" or ");
		}
	}
	match &schema["type"] {
		Value::String(name) if name == "array" => format!("list of {}", type_text(&schema["items"])),
		Value::String(name) if name == "object" => format!("map to {}", type_text(&schema["additionalProperties"])),
		Value::String(name) => name.clone(),
		Value::Array(names) => names
			.iter()
			.map(|name| match name.as_str() {
				Some("array") => format!("list of {}", type_text(&schema["items"])),
				name => name.unwrap_or_default().to_owned(),
			})
			.collect::<Vec<_>>()
			.join(" or "),
		_ => "any".to_owned(),
	}
}

fn description(schema: &Value) -> String {
	schema["description"].as_str().unwrap_or_default().replace('\n', " ")
}

/// Returns the page that describes all documents.
fn page(schema: &Value) -> String {
	let mut page = String::from(
		"# What `assay --json` prints\n\n\
		 <!-- Generated from `assay_client::json`: with ASSAY_WRITE_DOCS=1, assay-client's tests update it. -->\n\n\
		 With `--json`, a command prints one document to standard output, or an array of documents, and nothing\n\
		 else; progress goes to standard error, and notes are left out. The exit status is the same as without: 0\n\
		 for success, 1 if something was refused or an answer differs, 2 if the command line was wrong. A command\n\
		 that fails prints an [Error](#error).\n\n\
		 Every document has the key `schema` with the version of the schema, now 1. Within a version keys are\n\
		 added, and never renamed, removed or given another meaning: a reader should ignore keys that it does not\n\
		 know. The JSON Schema is `client/schema/v1.json`; the Rust types are in `assay_client::json`.\n\n\
		 Amounts are decimal ASY in strings, so that no reader rounds them. Blocks are block numbers. A key that\n\
		 is described with \"only\" is missing otherwise.\n\n\
		 ## Commands\n\n| command | prints |\n|---|---|\n",
	);
	let mut generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
	for (command, prints) in commands(&mut generator) {
		let (list, schema) = match prints {
			Prints::One(schema) => ("", schema),
			Prints::List(schema) => ("list of ", schema),
		};
		let _ = writeln!(page, "| `{command}` | {list}{} |", type_text(schema.as_value()));
	}
	page += "\n## Types\n";
	let definitions = schema["$defs"].as_object().expect("definitions");
	let mut names: Vec<_> = definitions.keys().collect();
	names.sort();
	for name in names {
		let definition = &definitions[name];
		let _ = write!(page, "\n### {name}\n\n{}\n", description(definition));
		if let Some(properties) = definition["properties"].as_object() {
			page += "\n| key | type | meaning |\n|---|---|---|\n";
			let mut keys: Vec<_> = properties.keys().collect();
			keys.sort();
			for key in keys {
				let property = &properties[key];
				let _ = writeln!(
					page,
					"| `{key}` | {} | {} |",
					type_text(property),
					description(property)
				);
			}
		} else if let Some(variants) = definition["oneOf"].as_array() {
			page += "\n| value | meaning |\n|---|---|\n";
			for variant in variants {
				let value = variant["const"].as_str().unwrap_or_default();
				let _ = writeln!(page, "| `{value}` | {} |", description(variant));
			}
		} else {
			let _ = writeln!(page, "\nIn JSON: {}.", type_text(definition));
		}
	}
	page
}

fn repository(path: &str) -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[test]
fn the_schema_and_its_page_are_up_to_date_and_nothing_was_removed_from_them() {
	let (schema, page) = (schema(), page(&schema()));
	let (schema_path, page_path) = (repository("client/schema/v1.json"), repository("docs/json.md"));
	let committed = fs::read_to_string(&schema_path)
		.map(|text| serde_json::from_str::<Value>(&text).expect("the committed schema is JSON"))
		.unwrap_or_default();
	if committed.is_object() {
		contains(&schema, &committed).expect("keys are added and never renamed or removed; else start a new version");
	}
	if std::env::var_os("ASSAY_WRITE_DOCS").is_some() {
		fs::create_dir_all(schema_path.parent().expect("a folder")).expect("the folder is made");
		let text = serde_json::to_string_pretty(&schema).expect("a schema is JSON");
		fs::write(&schema_path, text + "\n").expect("the schema is written");
		fs::write(&page_path, &page).expect("the page is written");
		return;
	}
	assert!(
		schema == committed,
		"client/schema/v1.json is out of date: run the tests with ASSAY_WRITE_DOCS=1"
	);
	assert!(
		fs::read_to_string(&page_path).is_ok_and(|committed| committed == page),
		"docs/json.md is out of date: run the tests with ASSAY_WRITE_DOCS=1"
	);
}

#[test]
fn adding_keys_is_compatible_and_renaming_them_is_not() {
	let old = json!({ "properties": { "a": { "type": "string" } }, "required": ["a"] });
	let added =
		json!({ "properties": { "a": { "type": "string" }, "b": {} }, "required": ["a", "b"], "description": "" });
	assert_eq!(contains(&added, &old), Ok(()));
	let renamed = json!({ "properties": { "b": { "type": "string" } }, "required": ["b"] });
	assert!(contains(&renamed, &old).is_err());
	let retyped = json!({ "properties": { "a": { "type": "integer" } }, "required": ["a"] });
	assert!(contains(&retyped, &old).is_err());
}

#[test]
fn documents_are_parsed_as_they_are_printed() {
	use crate::fixtures::{job, model, protocol, settled_finding};
	use assay_primitives::api;

	let job = Document::new(Job::new(&job(settled_finding(&Ok(()))), Some(5)));
	let text = serde_json::to_string_pretty(&job).unwrap();
	assert!(text.starts_with("{\n  \"schema\": 1,\n  \"job\": 7,"), "{text}");
	assert_eq!(serde_json::from_str::<Document<Job>>(&text).unwrap(), job);
	// The version may be ignored.
	assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), job.body);

	let mut info = model(api::ModelStatus::Open);
	info.metadata.card = Some(info.artifact);
	let model = Document::new(Model::new(&info, &protocol(), &[]));
	let text = serde_json::to_string(&model).unwrap();
	assert_eq!(serde_json::from_str::<Document<Model>>(&text).unwrap(), model);

	let placed = RequestedJob::Placed(Box::new(job.body));
	let text = serde_json::to_string(&placed).unwrap();
	assert_eq!(serde_json::from_str::<RequestedJob>(&text).unwrap(), placed);
	for failed in [
		r#"{"job":null,"status":"failed","error":"no slot","items":1,"row":null}"#,
		r#"{"job":null,"status":"failed","error":"no slot","items":1}"#,
	] {
		let parsed: RequestedJob = serde_json::from_str(failed).unwrap();
		assert!(matches!(parsed, RequestedJob::Failed(_)));
		assert_eq!(serde_json::to_string(&parsed).unwrap(), failed);
	}
}
