"""The OpenAPI document says what the service does: its examples work, and nothing it generates surprises anybody."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from corner_shop import HERE, Shop
from fastapi.testclient import TestClient

from stbir.serve import Settings, create_app
from stbir.serve.problems import MEDIA_TYPE

PHASES = ("examples", "coverage", "fuzzing")
PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
CONFIG: dict[str, Any] = {
    "seed": 1,
    "generation": {"max-examples": 40, "deterministic": True, "database": "none"},
    "phases": {"stateful": {"enabled": False}},
    # a photo whose file is gone has an id all the same
    "checks": {"positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", "404", "410"]}},
    "operations": [
        {
            # no schema can say which ids there are, that rows are of one length, or that words are no blanks
            "include-name": "POST /api/search",
            "checks": {"positive_data_acceptance": {"enabled": False}},
        }
    ],
}


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    return client.get("/openapi.json").json()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize("token", [None, "a-token-of-the-test"])
def test_whatever_the_document_allows_or_forbids_is_answered_as_it_says(shop: Shop, token: str | None) -> None:
    schemathesis = pytest.importorskip("schemathesis", reason="requests are made up by schemathesis")
    from schemathesis import engine
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events

    app = create_app(shop.gallery, Settings(token=token, hosts=("testserver",)))
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    config = SchemathesisConfig.from_dict(CONFIG | {"headers": headers})
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=config)
    asked: Counter[str] = Counter()
    found: list[str] = []
    for event in engine.from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
        elif isinstance(event, events.ScenarioFinished):
            asked[str(event.phase)] += len(event.recorder.cases)
            for case, checks in event.recorder.checks.items():
                request = event.recorder.cases[case].value.as_curl_command()[:600]
                found += [f"{check.failure_info.failure}\n{request}" for check in checks if check.failure_info]
    assert found == []
    assert all(asked[phase] >= 1 for phase in PHASES)
    assert asked.total() > 300


def test_every_example_of_a_request_is_answered(client: TestClient, document: dict[str, Any]) -> None:
    examples = document["components"]["schemas"]["Question"]["examples"]
    assert len(examples) >= 2
    for example in examples:
        assert client.post("/api/search", json=example).status_code == 200
        assert client.post("/api/search", files={"query": (None, json.dumps(example))}).status_code == 200


def test_every_part_of_a_question_has_an_example_that_is_answered(client: TestClient, document: dict[str, Any]) -> None:
    """The examples of single fields, put into a question that says nothing else."""
    schemas = document["components"]["schemas"]
    drawing = {name: about["examples"][0] for name, about in schemas["Drawing"]["properties"].items()}
    assert client.post("/api/search", json={"sketches": [drawing]}).status_code == 200


def test_every_error_that_is_documented_is_a_problem(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        statuses = {int(status) for status in operation["responses"]}
        assert min(statuses) == 200, name
        assert {400, 421} <= statuses, name
        assert (401 in statuses) is (operation.get("security") != []), name
        for status, response in operation["responses"].items():
            assert response["description"], name
            if int(status) >= 400:
                assert response["content"] == PROBLEM, (name, status)


def test_every_answer_that_is_documented_has_a_schema_or_a_media_type(document: dict[str, Any]) -> None:
    for name, operation in operations(document):
        (content,) = operation["responses"]["200"]["content"].items()
        assert content[0] in ("application/json", "image/jpeg", "text/plain"), name
        assert content[0] != "application/json" or "$ref" in content[1]["schema"], name
        assert operation["summary"], name


def test_the_document_says_whether_a_token_is_needed(shop: Shop, document: dict[str, Any]) -> None:
    assert "security" not in document
    with TestClient(create_app(shop.gallery, Settings(token="a-token-of-the-test")), base_url=HERE) as guarded:
        told = guarded.get("/openapi.json").json()
    assert told["security"] == [{"token": []}]
    open_to_all = {name for name, operation in operations(told) if operation.get("security") == []}
    assert open_to_all == {"GET /livez", "GET /readyz"}
    assert told["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
