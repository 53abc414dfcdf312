-- Opens one alert for an error type without a row in provider_error_classes: the
-- default of its status was used, and a person should add its class.
create or replace function outreach.note_unmapped_error(
    recorded outreach.send_attempt_outcomes
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    subject text;
begin
    if recorded.http_status is null
        or recorded.http_status between 200 and 299
        or (
            recorded.error_type is not null
            and outreach.provider_error_class(
                recorded.http_status, recorded.error_type, is_typed_only => true
            ) is not null
        )
        or (
            recorded.error_type is null
            and outreach.provider_error_class(recorded.http_status, null) is not null
        )
    then
        return;
    end if;

    subject := concat_ws(' ', recorded.http_status, recorded.error_type);

    perform outreach.open_admin_alert(
        0, 'provider_error_unmapped', subject,
        'The provider answered ' || subject || ', which no row of '
        || 'outreach.provider_error_classes names. It was taken for '
        || recorded.outcome || '. Add a row that says what it means.',
        jsonb_build_object(
            'workspace_id', recorded.workspace_id,
            'attempt_id', recorded.attempt_id,
            'detail', recorded.detail
        ),
        recorded.recorded_at
    );
end
$$;
