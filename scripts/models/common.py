"""Shared by the scripts: building ONNX models, and onnxruntime on one thread."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

ROOT = Path(__file__).resolve().parents[2]
OPSET = 17
IR_VERSION = 8


def constant(name, array):
    """Returns a weight of the graph."""
    return numpy_helper.from_array(np.asarray(array, order="C"), name)


def model(name, nodes, inputs, outputs, constants=()):
    """Builds and checks an ONNX model. `inputs` and `outputs` are value infos from `port`."""
    graph = helper.make_graph(nodes, name, inputs, outputs, list(constants))
    opset = [helper.make_opsetid("", OPSET)]
    built = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="assay")
    onnx.checker.check_model(built, full_check=True)
    return built


def port(name, shape, dtype=TensorProto.FLOAT):
    """Returns an input or output of a graph. A string in `shape` is a symbolic dimension."""
    return helper.make_tensor_value_info(name, dtype, shape)


def session(onnx_file):
    """Opens a file, given as a path or as bytes, in onnxruntime on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(onnx_file, options, providers=["CPUExecutionProvider"])


def run(onnx_file, inputs):
    """Runs a model with one input and returns its first output."""
    opened = session(onnx_file)
    return opened.run(None, {opened.get_inputs()[0].name: inputs})[0]


def accuracy(scores, labels):
    """Returns the share of rows whose maximum score is that of the label."""
    return float(np.mean(scores.argmax(axis=-1) == labels))
