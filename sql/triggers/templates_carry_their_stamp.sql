-- A template has the validator's stamp of exactly its text and field list (LL#277), so
-- that no role can save a text without the validator. The stamp must also be in
-- validated_texts, because anybody can compute one. Allowed names are the standard fields
-- and the custom fields of its campaign.
create or replace function outreach.assert_template_carries_its_stamp()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    place record;
    foreign_names text [];
begin
    select
        campaigns.name,
        campaigns.custom_fields,
        steps.position + 1 as number
    into place
    from outreach.campaign_steps as steps
    inner join outreach.campaigns
        on
            campaigns.workspace_id = new.workspace_id
            and steps.campaign_id = campaigns.campaign_id
    where
        steps.workspace_id = new.workspace_id
        and steps.step_id = new.step_id;

    if new.validation_stamp <> outreach.template_stamp(
        new.template, new.fields, new.custom_fields
    )
        or not exists (
            select 1
            from outreach.validated_texts as validated
            where
                validated.workspace_id = new.workspace_id
                and validated.validation_stamp = new.validation_stamp
        )
    then
        raise exception
            'the % of step % (variant %) of campaign "%" of workspace % was not '
            'validated as it stands',
            new.field, coalesce(place.number, new.step_id), new.variant, place.name,
            new.workspace_id
            using
                errcode = 'check_violation',
                hint = 'Save the campaign with `trueup campaign save`: it validates '
                || 'every template and stamps exactly that text.';
    end if;

    foreign_names := array(
        select named.name
        from (
            select unnest(new.fields)
            except
            select unnest(outreach.template_fields())
            union all
            (
                select 'custom.' || unnest(new.custom_fields)
                except
                select 'custom.' || unnest(place.custom_fields)
            )
        ) as named (name)
        order by named.name
    );

    if foreign_names <> '{}' then
        raise exception
            'the % of step % (variant %) of campaign "%" of workspace % was validated '
            'with fields that it does not have: %',
            new.field, coalesce(place.number, new.step_id), new.variant, place.name,
            new.workspace_id, array_to_string(foreign_names, ', ')
            using
                errcode = 'check_violation',
                hint = 'Declare them in custom_fields of the campaign file, then save '
                || 'it with `trueup campaign save`.';
    end if;

    return new;
end
$$;

create or replace trigger templates_carry_their_stamp
before insert or update on outreach.campaign_step_templates
for each row
execute function outreach.assert_template_carries_its_stamp();
