"""A data folder of the tests' own. Loaded before pytest-django reads the settings."""

import os
import tempfile

os.environ["STEWARD_DATA_DIR"] = tempfile.mkdtemp(prefix="steward-tests-")
os.environ["STEWARD_ALLOWED_NETWORKS"] = "127.0.0.0/8"
os.environ["STEWARD_DATABASE_URL"] = os.environ.get("STEWARD_TEST_DATABASE_URL", "")
for name in ("STEWARD_EMAIL_URL", "STEWARD_BASE_URL", "STEWARD_BIND", "STEWARD_SECRET_KEY"):
    os.environ.pop(name, None)
