"""The weights in the package: small, checked, refused when changed."""

import json
import shutil

import pytest

from pii.model import stored
from pii.model.finder import NameFinder


@pytest.fixture
def copy(tmp_path):
    return shutil.copytree(stored.FOLDER, tmp_path / "weights")


def test_the_weights_of_the_package_stay_under_fifteen_megabytes():
    assert sum(file.stat().st_size for file in stored.FOLDER.iterdir()) <= 15_000_000


@pytest.mark.parametrize("name", ["names.onnx", "words.bin"])
def test_a_changed_file_is_refused(copy, name):
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(stored.WeightsError, match=name):
        NameFinder.load(copy)


@pytest.mark.parametrize("name", ["names.onnx", "words.bin", "manifest.json"])
def test_a_missing_file_is_refused(copy, name):
    (copy / name).unlink()
    with pytest.raises(stored.WeightsError):
        NameFinder.load(copy)


def test_a_manifest_of_another_shape_is_refused(copy):
    (copy / "manifest.json").write_text(json.dumps({"version": "0"}))
    with pytest.raises(stored.WeightsError):
        NameFinder.load(copy)
