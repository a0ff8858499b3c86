"""The backend tests that ship in the PyPI package `onnx`, as cases for the engine."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper

import case_files
import reference

DATA = Path(onnx.__file__).parent / "backend/test/data"
KINDS = ["node", "simple", "pytorch-converted", "pytorch-operator", "light"]

# The element types of the engine's ABI.
OFFERED = {np.dtype(name) for name in (
    "float32", "float64", "float16", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "bool",
)}


@dataclass
class Test:
    """One data set of one backend test."""

    name: str
    case: case_files.CaseFolder
    operators: list
    # The outputs that ONNX specifies. None if one of them is not a tensor.
    expected: list | None
    # The tolerances of ONNX's own test runner.
    relative: float = 1e-3
    absolute: float = 1e-7


def kind_of(name):
    return name.split("/")[0]


def tensor(path, kind):
    """Reads the array in a file of test data. Returns None for a sequence, an optional, or a type that NumPy lacks."""
    if kind.WhichOneof("value") != "tensor_type":
        return None
    array = numpy_helper.to_array(onnx.load_tensor(path))
    return array if array.dtype in OFFERED or array.dtype == object else None


def data_set(folder, prefix, values):
    return [
        tensor(
            folder / f"{prefix}_{index}.pb", value.type,
        ) for index, value in enumerate(values) if (folder / f"{prefix}_{index}.pb").exists()
    ]


def bindings(ports, arrays):
    """Returns the bindings of the symbols in the model's inputs that these arrays imply."""
    found = {}
    for port, array in zip(ports, arrays):
        for dim, extent in zip(port.type.tensor_type.shape.dim, array.shape):
            if dim.dim_param:
                found.setdefault(dim.dim_param, extent)
    return found


def ports_of(model):
    weights = {weight.name for weight in model.graph.initializer}
    return [port for port in model.graph.input if port.name not in weights]


def ports_of_file(model_file):
    return ports_of(onnx.load(model_file, load_external_data=False))


def build(work, name, model_file, folder, tolerances):
    """Builds the test of the data set in `folder`."""
    model = onnx.load(model_file, load_external_data=False)
    ports = ports_of(model)
    inputs = data_set(folder, "input", ports)
    known = all(array is not None and array.dtype != object for array in inputs)
    arrays = {port.name: array for port, array in zip(ports, inputs)} if known else {}
    case = case_files.write(work, name, model_file.read_bytes(), bindings(ports, inputs) if known else {}, arrays, None)
    expected = data_set(folder, "output", model.graph.output)
    expected = None if any(array is None for array in expected) else expected
    operators = sorted({node.op_type for node in model.graph.node})
    return Test(name, case, operators, expected, *tolerances)


def light(work, model_file):
    """Builds the test of a large network with weights from `ConstantOfShape`, on the ramp that ONNX's runner uses."""
    name = model_file.stem.removeprefix("light_")
    described = json.loads((DATA / "real" / f"test_{name}" / "data.json").read_text())
    model = onnx.load(model_file)
    shapes = {port.name: [dim.dim_value or 1 for dim in port.type.tensor_type.shape.dim] for port in ports_of(model)}
    arrays = {
        port: (
            np.arange(np.prod(shape)).reshape(shape) / np.prod(shape)
        ).astype(np.float32) for port, shape in shapes.items()
    }
    case = case_files.write(work, f"light/{name}", model_file.read_bytes(), {}, arrays, None)
    expected = [numpy_helper.to_array(onnx.load_tensor(model_file.with_name(f"{model_file.stem}_output_0.pb")))]
    operators = sorted({node.op_type for node in model.graph.node})
    return Test(f"light/{name}", case, operators, expected, described.get("rtol", 1e-3), described.get("atol", 1e-7))


def all_tests(work):
    """Yields every test, and writes its files to the folder `work`."""
    for kind in KINDS:
        if kind == "light":
            yield from (light(work, file) for file in sorted((DATA / kind).glob("*.onnx")))
            continue
        for folder in sorted(path.parent for path in (DATA / kind).glob("*/model.onnx")):
            described = folder / "data.json"
            given = json.loads(described.read_text()) if described.exists() else {}
            tolerances = given.get("rtol", 1e-3), given.get("atol", 1e-7)
            sets = sorted(folder.glob("test_data_set_*"))
            for index, data in enumerate(sets):
                name = f"{kind}/{folder.name.removeprefix('test_')}" + (f"#{index}" if len(sets) > 1 else "")
                yield build(work, name, folder / "model.onnx", data, tolerances)


def check(outputs, test):
    """Returns `pass`, or how the outputs differ from those that ONNX specifies."""
    if test.expected is None:
        return "no tensors expected"
    if len(outputs) != len(test.expected):
        return f"{len(outputs)} outputs instead of {len(test.expected)}"
    for index, (ours, theirs) in enumerate(zip(outputs, test.expected)):
        if ours.dtype != theirs.dtype:
            return f"output {index} is {ours.dtype} instead of {theirs.dtype}"
        if ours.shape != theirs.shape:
            return f"output {index} has shape {list(ours.shape)} instead of {list(theirs.shape)}"
        with np.errstate(all="ignore"):
            close = np.isclose(
                ours, theirs, rtol=test.relative, atol=test.absolute, equal_nan=True,
            ) if ours.dtype != bool else ours == theirs
        if not close.all():
            return f"output {index}: {int((~close).sum())} of {close.size} elements differ"
    return "pass"


def are_onnxruntimes(outputs, test):
    """Returns whether onnxruntime gives exactly these outputs."""
    session = reference.session(test.case.model.read_bytes())
    inputs = {name: np.load(test.case.input_file(index)) for index, name in enumerate(test.case.inputs)}
    return all(map(np.array_equal, outputs, session.run(None, inputs)))
