"""Model lists."""


def test_lists_models(client):
    assert [model.id for model in client.models.list()] == ["travel-mini"]


def test_new_model_appears(client):
    names = {model.id for model in client.models.list()}
    assert "travel-large" in names
