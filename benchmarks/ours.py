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

    def case(self, spec, shape, dtype, output, inputs=True):
        """Makes the case; returns the bytes it must read and write once."""
        folder = self.folder.name if inputs else ""
        return int(self.ask(f"case {spec} {shape} {dtype} {output} {folder}"))

    def input(self, number, dtype):
        path = pathlib.Path(self.folder.name) / str(number)
        numbers = np.fromfile(path, dtype)
        os.remove(path)
        return numbers

    def run(self):
        return float(self.ask("run"))

    def mean(self):
        return float(self.ask("mean"))

    def copy(self):
        """Seconds for each byte of a copy past the caches."""
        return float(self.ask("copy"))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.folder.cleanup()
