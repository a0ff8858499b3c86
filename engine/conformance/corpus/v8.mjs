// Runs cases on the engine under V8, each sample in a fresh instance and in a warm one.
//
//     node --expose-gc v8.mjs ENGINE.wasm CASES.json
//
// CASES.json is a list of { name, folder, bindings, inputs, samples }, as `case_files.py` writes it. Each case has a
// line of JSON on standard output: { name, loaded, warm, error }. `loaded` is whether the engine accepts the model,
// `warm` is whether the warm instance gives the same bytes, and `error` is why there is no outcome. The outcomes of
// fresh instances are written to FOLDER/v8-SAMPLE.scale.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readTensor, rowOf } from "./npy.mjs";
import { decodeManifest, encodeLoad, encodeTensors, faultOutcome, answerOutcome } from "./scale.mjs";

// `FaultCode::Trap`.
const TRAP = 12;
// `FaultCode::WrongInput`.
const WRONG_INPUT = 9;

const refuse = () => {
	throw new Error("the engine called an intrinsic that this host does not offer");
};

/** The engine's imports, on a host that offers no intrinsics. */
const HOST = { caps: () => 0, tile_f32: refuse, depthwise_along_axis: refuse, depthwise_along_channels: refuse };

/** A fault of the engine. */
class Fault extends Error {
	constructor(code) {
		super(`fault ${code}`);
		this.code = code;
	}
}

/** An instance with a model. */
class Model {
	constructor(module, bindings, onnx) {
		this.guest = new WebAssembly.Instance(module, { assay: HOST }).exports;
		this.call("load", encodeLoad(bindings, onnx));
		this.inputs = decodeManifest(this.call("describe")).inputs;
	}

	/** Makes a call and returns a copy of its result. A call that traps throws the fault, and breaks the instance. */
	call(name, message) {
		const { guest } = this;
		let status;
		try {
			if (message === undefined) {
				status = guest[name]();
			} else {
				const at = guest.alloc(message.length) >>> 0;
				new Uint8Array(guest.memory.buffer).set(message, at);
				status = guest[name](at, message.length);
			}
		} catch (error) {
			// An overflow of V8's own stack is a RangeError, and not an answer.
			if (error instanceof WebAssembly.RuntimeError) throw new Fault(TRAP);
			throw error;
		}
		if (status !== 0) throw new Fault(status);
		return new Uint8Array(guest.memory.buffer, guest.result_ptr() >>> 0, guest.result_len() >>> 0).slice();
	}

	/** Runs the model on tensors by name. */
	run(tensors) {
		const ordered = this.inputs.map((port) => tensors.get(port.name));
		if (ordered.includes(undefined)) throw new Fault(WRONG_INPUT);
		return this.call("run", encodeTensors(ordered));
	}
}

/** Returns SCALE(Outcome) of `work`. */
function outcome(work) {
	try {
		return answerOutcome(work());
	} catch (error) {
		if (error instanceof Fault) return faultOutcome(error.code);
		throw error;
	}
}

const equal = (left, right) => Buffer.compare(left, right) === 0;

/** Returns the outcomes of all samples in fresh instances, and whether a warm one agrees. */
function runCase(module, { folder, bindings, inputs, samples }) {
	const onnx = readFileSync(join(folder, "model.onnx"));
	const files = inputs.map(({ name, file }) => [name, readTensor(readFileSync(join(folder, file)))]);
	const row = (tensor, index) => (samples === null ? tensor : rowOf(tensor, index));
	const sample = (index) => new Map(files.map(([name, tensor]) => [name, row(tensor, index)]));
	let loaded = false;
	const load = () => {
		const model = new Model(module, bindings, onnx);
		loaded = true;
		return model;
	};
	const count = samples ?? 1;

	const fresh = Array.from({ length: count }, (_, index) => outcome(() => load().run(sample(index))));
	// In order, then the first again: earlier runs must not matter.
	let model = null;
	let warm = true;
	for (const index of [...fresh.keys(), 0]) {
		const again = outcome(() => (model ??= load()).run(sample(index)));
		// An instance with a fault may have trapped, and is not used again.
		if (again[0] !== 0) model = null;
		warm &&= equal(again, fresh[index]);
	}
	return { fresh, loaded, warm };
}

const [blob, list] = process.argv.slice(2);
const module = new WebAssembly.Module(readFileSync(blob));
for (const { module: from, name } of WebAssembly.Module.imports(module)) {
	if (from !== "assay" || !(name in HOST)) {
		throw new Error(`the engine imports ${from}.${name}, which this host does not know`);
	}
}
for (const item of JSON.parse(readFileSync(list, "utf8"))) {
	let line;
	try {
		const { fresh, loaded, warm } = runCase(module, item);
		fresh.forEach((bytes, index) => writeFileSync(join(item.folder, `v8-${index}.scale`), bytes));
		line = { name: item.name, loaded, warm, error: null };
	} catch (error) {
		line = { name: item.name, loaded: false, warm: false, error: String(error) };
	}
	console.log(JSON.stringify(line));
	// Each instance reserves gigabytes of addresses until it is garbage-collected.
	globalThis.gc?.();
}
