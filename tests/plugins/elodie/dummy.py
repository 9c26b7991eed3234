#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Elodie's Dummy: it is called before and after each file and in batch, and only says so."""
import json
import os
import sys

for line in sys.stdin:
    question = json.loads(line)
    with open(os.environ["CALLS"], "a", encoding="utf-8") as calls:
        print(question["hook"], os.path.basename(question["source"]), file=calls)
    answer = {"id": question["id"]}
    if question["hook"] == "after":
        answer["keep"] = True
    print(json.dumps(answer), flush=True)
