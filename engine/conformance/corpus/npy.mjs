// Reads NumPy's array files as tensors of the engine.

const DTYPES = {
	"<f4": 1, "|u1": 2, "|i1": 3, "<u2": 4, "<i2": 5, "<i4": 6, "<i8": 7, "|b1": 9, "<f2": 10, "<f8": 11, "<u4": 12,
	"<u8": 13,
};

/** Reads { dtype, shape, data } from a file in row-major order. */
export function readTensor(file) {
	if (file.toString("latin1", 0, 6) !== "\x93NUMPY") throw new Error("not a NumPy array file");
	// The length of the header has two bytes in version 1, and four in later versions.
	const [start, length] = file[6] === 1 ? [10, file.readUInt16LE(8)] : [12, file.readUInt32LE(8)];
	const header = file.toString("latin1", start, start + length);
	const descr = /'descr': '([^']*)'/.exec(header)[1];
	const dtype = DTYPES[descr];
	if (dtype === undefined || header.includes("'fortran_order': True")) {
		throw new Error(`the engine takes no such array: ${header}`);
	}
	const shape = /'shape': \(([^)]*)\)/.exec(header)[1].match(/\d+/g) ?? [];
	return { dtype, shape: shape.map(Number), data: file.subarray(start + length) };
}

/** Returns row `index`, with a leading axis of extent 1. */
export function rowOf({ dtype, shape, data }, index) {
	const size = data.length / shape[0];
	return { dtype, shape: [1, ...shape.slice(1)], data: data.subarray(index * size, (index + 1) * size) };
}
