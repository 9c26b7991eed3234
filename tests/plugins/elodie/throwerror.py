#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Elodie's ThrowError: ElodiePluginError in before() keeps a file from being imported; in
after() and batch() it is an error."""
import json
import sys


class ElodiePluginError(Exception):
    pass


def call(question):
    raise ElodiePluginError("Sample plugin error for " + question["hook"])


for line in sys.stdin:
    question = json.loads(line)
    answer = {"id": question["id"]}
    try:
        call(question)
    except ElodiePluginError as failure:
        answer["veto" if question["hook"] == "before" else "error"] = str(failure)
    print(json.dumps(answer), flush=True)
