# SPDX-License-Identifier: Apache-2.0
#
# validate_schema.py SCHEMA FILE: what our reader says of each JSON of FILE (lines "A<tab>JSON",
# accepted, or "R<tab>JSON", refused) against an independent validator. All that is accepted must
# be valid; of what is refused, prints how much the schema refuses as well. Exits 77 without the
# validator.
import json
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    sys.exit(77)

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
wrong = accepted = refused = seen = 0
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        verdict, text = line.rstrip("\n").split("\t", 1)
        valid = validator.is_valid(json.loads(text))
        if verdict == "A":
            accepted += 1
            if not valid:
                wrong += 1
                print("accepted, but not valid:", text, file=sys.stderr)
        else:
            refused += 1
            seen += not valid
print(f"{accepted} accepted, {wrong} of them not valid; {refused} refused, {seen} by the schema")
sys.exit(1 if wrong or accepted == 0 or seen * 100 < refused * 60 else 0)
