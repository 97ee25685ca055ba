"""Faults in the text of an AWS file: those for which the AWS CLI refuses the whole file, as lines to show. Pure.

Messages name a line by its number and by its setting, if that is one of KNOWN.
They never quote anything else of the text: a mistyped line may hold a secret.
Imported only when there is a fault, or a file that has to be looked at closely.
"""

from assume.errors import ConfigError
from assume.profiles.ini import DEFAULT, HEADER, is_map, parsed_lines

REFUSED = '; the AWS CLI and boto3 refuse the whole file ("Unable to parse config file")'
KNOWN = frozenset(
    """
    aws_access_key_id aws_secret_access_key aws_session_token aws_security_token aws_account_id
    role_arn source_profile credential_source role_session_name external_id mfa_serial duration_seconds
    web_identity_token_file credential_process login_session
    sso_session sso_start_url sso_region sso_account_id sso_role_name sso_registration_scopes
    region output endpoint_url services ignore_configured_endpoint_urls sts_regional_endpoints use_fips_endpoint
    use_dualstack_endpoint ca_bundle retry_mode max_attempts defaults_mode cli_pager cli_auto_prompt
    cli_binary_format cli_timestamp_format cli_history s3 sts ec2_metadata_service_endpoint
    ec2_metadata_service_endpoint_mode metadata_service_timeout metadata_service_num_attempts
    parameter_validation tcp_keepalive account_id_endpoint_mode
    mfa_process mfa_session session_tags transitive_session_tags source_identity
    assume_colour assume_confirm assume_read_only assume_renew assume_export
    """.split()
)


def setting(name: str) -> str:
    """`name` if it is the name of a known setting, else words that reveal nothing."""
    return name if name in KNOWN else "a setting"


def of_line(name: "str | None", text: str) -> str:
    """The fault of a line: `name` None for one that is not a setting, else a nested one without `=`."""
    if name is not None:
        return f"a line under {setting(name)} has no `=`"
    first = text.split(None, 1)[0].lower()
    if text[0] == "[":
        return "a header without its closing `]`" if text.rfind("]") < 0 else "a header without a name"
    return f"{first} has no `=` behind it" if first in KNOWN else "this is not a `name = value` line"


def refused(where: str, header: str, name: "str | None", text: str) -> ConfigError:
    """The refusal of a profile whose section has a faulty line."""
    cure = f"correct that line of [{header}]; the AWS CLI reads nothing of the file until then"
    return ConfigError(f"{where}: {of_line(name, text)}", cure)


def first(text: str) -> "tuple[int, str] | None":
    """The first fault for which the AWS CLI refuses the file, as (line, what); None if it reads the file."""
    in_section = False
    in_default: tuple[int, str] | None = None  # a fault of [DEFAULT], which only matters to another section
    seen: set[str] = set()  # of the settings of this section
    headers: set[str] = set()
    shared: set[str] = set()  # of the settings of [DEFAULT], which may appear several times
    for offset, name, values in parsed_lines(text):
        if name == HEADER:
            header = values[0][1 : values[0].rfind("]")]
            if header in headers:
                return offset + 1, "this section appears twice; both are used"
            in_section, seen = True, set() if header != DEFAULT else shared
            headers |= {header} - {DEFAULT}
        elif not in_section:
            return offset + 1, "a line above the first [section]"
        elif name is None:
            return offset + 1, of_line(None, values[0])
        elif name in seen:
            return offset + 1, f"{setting(name)} appears twice; the later one is used"
        elif not values[0] and not is_map("\n".join(values)):
            if seen is not shared:
                return offset + 1, of_line(name, "")
            in_default = in_default or (offset + 1, of_line(name, ""))
        else:
            seen.add(name)
    return in_default if headers else None
