"""The benchmark program as a server: a question on its standard input, an answer on its standard output."""

import os
import pathlib
import subprocess
import tempfile

import numpy as np


class Ours:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.folder = tempfile.TemporaryDirectory()
        self.about = self.ask("about")

    def ask(self, question):
        self.process.stdin.write(question + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if not answer or answer.startswith("error"):
            raise RuntimeError(f"{question}: {answer or 'the program stopped'}")
        return answer

    def case(self, spec, shape, dtype, inputs=True):
        """Makes the case that the other questions are about; returns the names of its outputs."""
        folder = self.folder.name if inputs else ""
        return self.ask(f"case {spec} {shape} {dtype} {folder}").split()

    def bytes(self, output):
        """What must be read and written once."""
        return int(self.ask(f"bytes {output}"))

    def input(self, number, dtype):
        path = pathlib.Path(self.folder.name) / str(number)
        numbers = np.fromfile(path, dtype)
        os.remove(path)
        return numbers

    def run(self, output):
        """Seconds of one run."""
        return float(self.ask(f"run {output}"))

    def mean(self):
        return float(self.ask("mean"))

    def point(self, spec, dtype, first, second):
        """Value at one point, and the first coordinate of the gradient."""
        numbers = [",".join(repr(float(x)) for x in side) for side in (first, second)]
        return [float(word) for word in self.ask(f"point {spec} {dtype} {' '.join(numbers)}").split()]

    def copy(self):
        """Seconds for each byte of a copy past the caches."""
        return float(self.ask("copy"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.folder.cleanup()
