"""Uploaded travel guides."""


def test_guide_is_split(client):
    uploaded = client.files.upload("lisbon_guide.pdf")
    chunks = client.files.process(uploaded.id)
    assert [chunk.metadata["page"] for chunk in chunks] == [1]
