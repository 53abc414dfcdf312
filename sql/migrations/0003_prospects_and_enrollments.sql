-- The people, their enrollments in campaigns, and the state of each.

create table outreach.prospects (
    workspace_id bigint not null,
    prospect_id bigint generated always as identity,
    provider_id text,
    public_identifier text,
    first_name text,
    last_name text,
    company text,
    job_title text,
    email text,
    location text,
    industry text,
    custom jsonb not null default '{}',
    do_not_contact_at timestamptz,
    do_not_contact_reason text,
    created_at timestamptz not null default now(),
    constraint prospects_pkey primary key (workspace_id, prospect_id),
    constraint prospects_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_person_is_known_once_by_provider_id unique (workspace_id, provider_id),
    constraint a_person_is_known_once_by_public_identifier
    unique (workspace_id, public_identifier),
    constraint a_person_can_be_found check (
        provider_id is not null or public_identifier is not null
    ),
    constraint custom_fields_are_an_object check (jsonb_typeof(custom) = 'object'),
    constraint do_not_contact_has_its_reason check (
        (do_not_contact_at is null) = (do_not_contact_reason is null)
    )
);

comment on table outreach.prospects is 'A person, known once in a workspace.';
comment on column outreach.prospects.provider_id is
'LinkedIn''s id, which starts with ACoAA. Null until a profile look-up resolves it.';
comment on column outreach.prospects.public_identifier is
'The last part of the person''s LinkedIn address.';
comment on column outreach.prospects.custom is
'The values of custom.<name> fields, by name.';
comment on column outreach.prospects.do_not_contact_at is
'The workspace does not contact the person from this moment on. Null otherwise.';

create table outreach.do_not_contact_rules (
    workspace_id bigint not null,
    kind text not null,
    value text not null,
    written text not null,
    reason text not null,
    actor text not null,
    created_at timestamptz not null default now(),
    constraint do_not_contact_rules_pkey primary key (workspace_id, kind, value),
    constraint do_not_contact_rules_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_do_not_contact_rule_is_of_a_known_kind check (
        kind in ('company', 'email_domain')
    ),
    constraint a_do_not_contact_rule_names_something check (value <> ''),
    constraint a_do_not_contact_rule_says_who_and_why check (
        reason <> '' and actor <> ''
    )
);

comment on table outreach.do_not_contact_rules is
'Companies and email domains whose people are not contacted. A new rule marks the '
'people whom it fits, and an import marks the people whom it brings, so that only the '
'mark of a person decides whether something is sent.';
comment on column outreach.do_not_contact_rules.value is
'What is compared: outreach.company_key() of a company, or a domain in lower case.';
comment on column outreach.do_not_contact_rules.written is
'The company or domain as it was given.';

create table outreach.opt_out_phrases (
    phrase text not null,
    language text not null,
    reads text not null,
    constraint opt_out_phrases_pkey primary key (phrase),
    constraint an_opt_out_phrase_is_in_its_normal_form check (
        phrase = lower(phrase)
        and phrase = trim(phrase)
        and phrase <> ''
    ),
    constraint an_opt_out_phrase_reads_in_a_known_way check (
        reads in ('whole', 'start', 'polite')
    )
);

comment on table outreach.opt_out_phrases is
'The words by which a reply asks not to be contacted any more, as '
'outreach.opt_out_phrase_of() looks for them. "not interested" is none of them: it '
'declines an offer, and any reply ends the sequence.';
comment on column outreach.opt_out_phrases.language is 'ISO 639-1.';
comment on column outreach.opt_out_phrases.reads is
'whole: a part of the reply between punctuation is these words and no other. start: it '
'begins with them. polite: words that are left out before comparing.';

insert into outreach.opt_out_phrases (phrase, language, reads)
values
('stop', 'en', 'whole'),
('unsubscribe', 'en', 'whole'),
('remove', 'en', 'whole'),
('opt out', 'en', 'whole'),
('opt-out', 'en', 'whole'),
('optout', 'en', 'whole'),
('stop it', 'en', 'whole'),
('stop this', 'en', 'whole'),
('stop spam', 'en', 'whole'),
('stop spamming', 'en', 'whole'),
('stop spamming me', 'en', 'whole'),
('leave me alone', 'en', 'whole'),
('no more messages', 'en', 'whole'),
('no more emails', 'en', 'whole'),
('do not contact me', 'en', 'whole'),
('don''t contact me', 'en', 'whole'),
('dont contact me', 'en', 'whole'),
('do not message me', 'en', 'whole'),
('don''t message me', 'en', 'whole'),
('dont message me', 'en', 'whole'),
('do not write to me', 'en', 'whole'),
('don''t write to me', 'en', 'whole'),
('how do i unsubscribe', 'en', 'whole'),
('how can i unsubscribe', 'en', 'whole'),
('how do i opt out', 'en', 'whole'),
('end', 'en', 'whole'),
('remove me', 'en', 'start'),
('unsubscribe me', 'en', 'start'),
('unsubscribe from', 'en', 'start'),
('take me off', 'en', 'start'),
('opt me out', 'en', 'start'),
('stop messaging', 'en', 'start'),
('stop contacting', 'en', 'start'),
('stop emailing', 'en', 'start'),
('stop writing to me', 'en', 'start'),
('stop writing me', 'en', 'start'),
('stop sending me', 'en', 'start'),
('delete my data', 'en', 'start'),
('delete me from', 'en', 'start'),
('remove my name from', 'en', 'start'),
('remove my data', 'en', 'start'),
('remove my email', 'en', 'start'),
('do not contact me again', 'en', 'start'),
('don''t contact me again', 'en', 'start'),
('dont contact me again', 'en', 'start'),
('do not contact me anymore', 'en', 'start'),
('don''t contact me anymore', 'en', 'start'),
('do not message me again', 'en', 'start'),
('don''t message me again', 'en', 'start'),
('don''t message me anymore', 'en', 'start'),
('never contact me', 'en', 'start'),
('never message me', 'en', 'start'),
('do not contact me any more', 'en', 'start'),
('please', 'en', 'polite'),
('pls', 'en', 'polite'),
('plz', 'en', 'polite'),
('thanks', 'en', 'polite'),
('thank you', 'en', 'polite'),
('thx', 'en', 'polite'),
('hi', 'en', 'polite'),
('hello', 'en', 'polite'),
('hey', 'en', 'polite'),
('kindly', 'en', 'polite'),
('just', 'en', 'polite'),
('now', 'en', 'polite'),
('can you', 'en', 'polite'),
('could you', 'en', 'polite'),
('would you', 'en', 'polite'),
('will you', 'en', 'polite'),
('i want to', 'en', 'polite'),
('i would like to', 'en', 'polite'),
('i''d like to', 'en', 'polite'),
('sorry', 'en', 'polite'),
('and', 'en', 'polite'),
('immediately', 'en', 'polite'),
('asap', 'en', 'polite'),
('then', 'en', 'polite'),
('stopp', 'de', 'whole'),
('abmelden', 'de', 'whole'),
('abbestellen', 'de', 'whole'),
('austragen', 'de', 'whole'),
('aufhören', 'de', 'whole'),
('lass mich in ruhe', 'de', 'whole'),
('lassen sie mich in ruhe', 'de', 'whole'),
('keine nachrichten mehr', 'de', 'whole'),
('keine weiteren nachrichten', 'de', 'whole'),
('kein interesse an weiteren nachrichten', 'de', 'whole'),
('kontaktieren sie mich nicht', 'de', 'whole'),
('schreiben sie mir nicht mehr', 'de', 'whole'),
('melden sie mich ab', 'de', 'start'),
('melde mich ab', 'de', 'start'),
('tragen sie mich aus', 'de', 'start'),
('trag mich aus', 'de', 'start'),
('nehmen sie mich von', 'de', 'start'),
('nimm mich von', 'de', 'start'),
('streichen sie mich', 'de', 'start'),
('entfernen sie mich', 'de', 'start'),
('entferne mich', 'de', 'start'),
('löschen sie mich', 'de', 'start'),
('lösche mich', 'de', 'start'),
('löschen sie meine daten', 'de', 'start'),
('kontaktieren sie mich nicht mehr', 'de', 'start'),
('kontaktieren sie mich nicht wieder', 'de', 'start'),
('kontaktiere mich nicht mehr', 'de', 'start'),
('schreib mir nicht mehr', 'de', 'start'),
('schreiben sie mich nicht mehr', 'de', 'start'),
('hören sie auf', 'de', 'start'),
('bitte', 'de', 'polite'),
('danke', 'de', 'polite'),
('vielen dank', 'de', 'polite'),
('hallo', 'de', 'polite'),
('guten tag', 'de', 'polite'),
('sofort', 'de', 'polite'),
('können sie', 'de', 'polite'),
('ich möchte mich', 'de', 'polite'),
('ich will mich', 'de', 'polite'),
('arrêtez', 'fr', 'whole'),
('arretez', 'fr', 'whole'),
('arrête', 'fr', 'whole'),
('arrete', 'fr', 'whole'),
('désabonner', 'fr', 'whole'),
('desabonner', 'fr', 'whole'),
('me désabonner', 'fr', 'whole'),
('désinscription', 'fr', 'whole'),
('desinscription', 'fr', 'whole'),
('me désinscrire', 'fr', 'whole'),
('laissez-moi tranquille', 'fr', 'whole'),
('stop svp', 'fr', 'whole'),
('plus de messages', 'fr', 'whole'),
('désabonnez-moi', 'fr', 'start'),
('desabonnez-moi', 'fr', 'start'),
('désinscrivez-moi', 'fr', 'start'),
('desinscrivez-moi', 'fr', 'start'),
('retirez-moi', 'fr', 'start'),
('retirez moi', 'fr', 'start'),
('supprimez-moi', 'fr', 'start'),
('supprimez mes données', 'fr', 'start'),
('enlevez-moi', 'fr', 'start'),
('ne me contactez plus', 'fr', 'start'),
('ne m''écrivez plus', 'fr', 'start'),
('ne m''ecrivez plus', 'fr', 'start'),
('arrêtez de me', 'fr', 'start'),
('arretez de me', 'fr', 'start'),
('cessez de me', 'fr', 'start'),
('veuillez me retirer', 'fr', 'start'),
('veuillez me désinscrire', 'fr', 'start'),
('veuillez me désabonner', 'fr', 'start'),
('veuillez ne plus me contacter', 'fr', 'start'),
('merci de ne plus me contacter', 'fr', 'start'),
('merci de me retirer', 'fr', 'start'),
('merci de me désinscrire', 'fr', 'start'),
('merci', 'fr', 'polite'),
('svp', 'fr', 'polite'),
('s''il vous plaît', 'fr', 'polite'),
('s''il vous plait', 'fr', 'polite'),
('bonjour', 'fr', 'polite'),
('salut', 'fr', 'polite'),
('veuillez', 'fr', 'polite'),
('basta', 'es', 'whole'),
('darme de baja', 'es', 'whole'),
('dar de baja', 'es', 'whole'),
('baja', 'es', 'whole'),
('cancelar suscripción', 'es', 'whole'),
('cancelar suscripcion', 'es', 'whole'),
('déjame en paz', 'es', 'whole'),
('dejame en paz', 'es', 'whole'),
('no más mensajes', 'es', 'whole'),
('no mas mensajes', 'es', 'whole'),
('no me contacte', 'es', 'whole'),
('no me contacten', 'es', 'whole'),
('quítame de', 'es', 'start'),
('quitame de', 'es', 'start'),
('quíteme de', 'es', 'start'),
('quiteme de', 'es', 'start'),
('elimíname', 'es', 'start'),
('eliminame', 'es', 'start'),
('elimíneme', 'es', 'start'),
('elimineme', 'es', 'start'),
('bórrame', 'es', 'start'),
('borrame', 'es', 'start'),
('dame de baja', 'es', 'start'),
('deme de baja', 'es', 'start'),
('denme de baja', 'es', 'start'),
('deja de escribirme', 'es', 'start'),
('deje de escribirme', 'es', 'start'),
('dejen de escribirme', 'es', 'start'),
('deja de contactarme', 'es', 'start'),
('deje de contactarme', 'es', 'start'),
('no me escribas más', 'es', 'start'),
('no me escribas mas', 'es', 'start'),
('no me escriba más', 'es', 'start'),
('no me contactes más', 'es', 'start'),
('no me contactes mas', 'es', 'start'),
('no me contacte más', 'es', 'start'),
('no me contacten más', 'es', 'start'),
('no me vuelvas a', 'es', 'start'),
('no me vuelva a', 'es', 'start'),
('por favor', 'es', 'polite'),
('gracias', 'es', 'polite'),
('hola', 'es', 'polite'),
('quiero', 'es', 'polite'),
('pare', 'pt', 'whole'),
('parem', 'pt', 'whole'),
('descadastrar', 'pt', 'whole'),
('cancelar inscrição', 'pt', 'whole'),
('cancelar inscricao', 'pt', 'whole'),
('sair da lista', 'pt', 'whole'),
('não me contate', 'pt', 'whole'),
('nao me contate', 'pt', 'whole'),
('chega de mensagens', 'pt', 'whole'),
('remova-me', 'pt', 'start'),
('me remova', 'pt', 'start'),
('me remove', 'pt', 'start'),
('retire-me', 'pt', 'start'),
('me retire', 'pt', 'start'),
('me tire da', 'pt', 'start'),
('me descadastre', 'pt', 'start'),
('pare de me', 'pt', 'start'),
('parem de me', 'pt', 'start'),
('não me contate mais', 'pt', 'start'),
('nao me contate mais', 'pt', 'start'),
('não me envie mais', 'pt', 'start'),
('nao me envie mais', 'pt', 'start'),
('não me mande mais', 'pt', 'start'),
('nao me mande mais', 'pt', 'start'),
('não me contacte mais', 'pt', 'start'),
('exclua meus dados', 'pt', 'start'),
('obrigado', 'pt', 'polite'),
('obrigada', 'pt', 'polite'),
('olá', 'pt', 'polite'),
('ola', 'pt', 'polite'),
('oi', 'pt', 'polite'),
('pode', 'pt', 'polite'),
('basta così', 'it', 'whole'),
('disiscrivimi', 'it', 'whole'),
('cancellami', 'it', 'whole'),
('disiscrizione', 'it', 'whole'),
('cancellazione', 'it', 'whole'),
('smettila', 'it', 'whole'),
('smettetela', 'it', 'whole'),
('non contattarmi', 'it', 'whole'),
('non contattatemi', 'it', 'whole'),
('lasciami in pace', 'it', 'whole'),
('rimuovimi', 'it', 'start'),
('rimuovetemi', 'it', 'start'),
('mi rimuova', 'it', 'start'),
('cancellami da', 'it', 'start'),
('cancellatemi', 'it', 'start'),
('toglimi da', 'it', 'start'),
('toglietemi da', 'it', 'start'),
('mi tolga da', 'it', 'start'),
('disiscrivimi da', 'it', 'start'),
('disiscrivetemi', 'it', 'start'),
('smetti di', 'it', 'start'),
('smettetela di', 'it', 'start'),
('non contattarmi più', 'it', 'start'),
('non contattatemi più', 'it', 'start'),
('non mi contatti più', 'it', 'start'),
('non mi contattare più', 'it', 'start'),
('non scrivermi più', 'it', 'start'),
('non mi scriva più', 'it', 'start'),
('per favore', 'it', 'polite'),
('grazie', 'it', 'polite'),
('ciao', 'it', 'polite'),
('buongiorno', 'it', 'polite'),
('per cortesia', 'it', 'polite'),
('afmelden', 'nl', 'whole'),
('uitschrijven', 'nl', 'whole'),
('stop ermee', 'nl', 'whole'),
('geen berichten meer', 'nl', 'whole'),
('laat me met rust', 'nl', 'whole'),
('meld me af', 'nl', 'start'),
('meld mij af', 'nl', 'start'),
('schrijf me uit', 'nl', 'start'),
('schrijf mij uit', 'nl', 'start'),
('verwijder me', 'nl', 'start'),
('verwijder mij', 'nl', 'start'),
('haal me van', 'nl', 'start'),
('haal mij van', 'nl', 'start'),
('stop met mailen', 'nl', 'start'),
('stop met berichten', 'nl', 'start'),
('neem geen contact meer', 'nl', 'start'),
('stuur me geen', 'nl', 'start'),
('alsjeblieft', 'nl', 'polite'),
('alstublieft', 'nl', 'polite'),
('aub', 'nl', 'polite'),
('bedankt', 'nl', 'polite'),
('dank je', 'nl', 'polite'),
('dank u', 'nl', 'polite'),
('hoi', 'nl', 'polite'),
('graag', 'nl', 'polite'),
('kunt u', 'nl', 'polite'),
('kun je', 'nl', 'polite'),
('sluta', 'sv', 'whole'),
('avregistrera', 'sv', 'whole'),
('avsluta prenumeration', 'sv', 'whole'),
('lämna mig ifred', 'sv', 'whole'),
('lämna mig i fred', 'sv', 'whole'),
('inga fler meddelanden', 'sv', 'whole'),
('ta bort mig', 'sv', 'start'),
('avregistrera mig', 'sv', 'start'),
('kontakta mig inte', 'sv', 'start'),
('sluta kontakta', 'sv', 'start'),
('sluta skriva', 'sv', 'start'),
('sluta skicka', 'sv', 'start'),
('tack', 'sv', 'polite'),
('hej', 'sv', 'polite'),
('snälla', 'sv', 'polite'),
('vänligen', 'sv', 'polite'),
('afmeld', 'da', 'whole'),
('ikke flere beskeder', 'da', 'whole'),
('fjern mig', 'da', 'start'),
('afmeld mig', 'da', 'start'),
('kontakt mig ikke', 'da', 'start'),
('lad være med at kontakte', 'da', 'start'),
('tak', 'da', 'polite'),
('venligst', 'da', 'polite'),
('hej med dig', 'da', 'polite'),
('slutt', 'no', 'whole'),
('meld meg av', 'no', 'whole'),
('ikke flere meldinger', 'no', 'whole'),
('fjern meg', 'no', 'start'),
('ikke kontakt meg', 'no', 'start'),
('slutt å kontakte', 'no', 'start'),
('slutt å sende', 'no', 'start'),
('takk', 'no', 'polite'),
('vennligst', 'no', 'polite'),
('vær så snill', 'no', 'polite'),
('lopeta', 'fi', 'whole'),
('peruuta tilaus', 'fi', 'whole'),
('ei enää viestejä', 'fi', 'whole'),
('poista minut', 'fi', 'start'),
('älä ota yhteyttä', 'fi', 'start'),
('lopeta viestien', 'fi', 'start'),
('kiitos', 'fi', 'polite'),
('ole hyvä', 'fi', 'polite'),
('moi', 'fi', 'polite'),
('wypisz', 'pl', 'whole'),
('rezygnuję', 'pl', 'whole'),
('przestań', 'pl', 'whole'),
('przestańcie', 'pl', 'whole'),
('proszę przestać', 'pl', 'whole'),
('koniec', 'pl', 'whole'),
('wypisz mnie', 'pl', 'start'),
('proszę mnie wypisać', 'pl', 'start'),
('usuń mnie', 'pl', 'start'),
('proszę mnie usunąć', 'pl', 'start'),
('proszę o usunięcie', 'pl', 'start'),
('nie kontaktuj się', 'pl', 'start'),
('proszę się nie kontaktować', 'pl', 'start'),
('proszę nie pisać', 'pl', 'start'),
('nie pisz do mnie', 'pl', 'start'),
('proszę', 'pl', 'polite'),
('dziękuję', 'pl', 'polite'),
('dzień dobry', 'pl', 'polite'),
('cześć', 'pl', 'polite'),
('durdur', 'tr', 'whole'),
('abonelikten çık', 'tr', 'whole'),
('mesaj atmayın', 'tr', 'whole'),
('yazmayın', 'tr', 'whole'),
('beni listeden çıkar', 'tr', 'start'),
('beni listenizden çıkar', 'tr', 'start'),
('bana bir daha yazma', 'tr', 'start'),
('benimle iletişime geçmeyin', 'tr', 'start'),
('lütfen', 'tr', 'polite'),
('teşekkürler', 'tr', 'polite'),
('merhaba', 'tr', 'polite'),
('стоп', 'ru', 'whole'),
('отписаться', 'ru', 'whole'),
('отпишите', 'ru', 'whole'),
('отписка', 'ru', 'whole'),
('прекратите', 'ru', 'whole'),
('не пишите', 'ru', 'whole'),
('отпишите меня', 'ru', 'start'),
('удалите меня', 'ru', 'start'),
('уберите меня', 'ru', 'start'),
('не пишите мне', 'ru', 'start'),
('больше не пишите', 'ru', 'start'),
('прекратите писать', 'ru', 'start'),
('не связывайтесь со мной', 'ru', 'start'),
('пожалуйста', 'ru', 'polite'),
('спасибо', 'ru', 'polite'),
('здравствуйте', 'ru', 'polite'),
('привет', 'ru', 'polite');

create table outreach.campaign_prospects (
    workspace_id bigint not null,
    enrollment_id bigint generated always as identity,
    campaign_id bigint not null,
    prospect_id bigint not null,
    account_id bigint not null,
    linkedin_status text not null default 'ready_to_invite',
    status_seq bigint not null default 0,
    current_step_id bigint,
    next_action_at timestamptz,
    linkedin_invited_at timestamptz,
    linkedin_accepted_at timestamptz,
    failed_classification text,
    template_error jsonb,
    created_at timestamptz not null default now(),
    paused_at timestamptz,
    paused_by text,
    paused_reason text,
    constraint campaign_prospects_pkey primary key (workspace_id, enrollment_id),
    constraint campaign_prospects_campaign_fkey
    foreign key (workspace_id, campaign_id)
    references outreach.campaigns (workspace_id, campaign_id),
    constraint campaign_prospects_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint campaign_prospects_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint campaign_prospects_step_fkey
    foreign key (workspace_id, current_step_id)
    references outreach.campaign_steps (workspace_id, step_id),
    constraint a_prospect_is_enrolled_once_in_a_campaign
    unique (workspace_id, campaign_id, prospect_id),
    constraint an_enrollment_status_is_known check (
        linkedin_status in (
            'ready_to_invite', 'pending_accept', 'ready_to_message', 'completed',
            'pending_template_fix', 'replied', 'failed', 'withdrawn'
        )
    ),
    constraint an_enrollments_pause_says_who_and_why check (
        (paused_at is null) = (paused_by is null)
        and (paused_at is null) = (paused_reason is null)
    )
);

comment on table outreach.campaign_prospects is
'An enrollment: one prospect in one campaign, contacted by one account.';
comment on column outreach.campaign_prospects.status_seq is
'The number of status changes so far. The event of each change has the same number.';
comment on column outreach.campaign_prospects.current_step_id is
'The step that the enrollment is at. Null before its first step.';
comment on column outreach.campaign_prospects.next_action_at is
'The next action begins not before this moment. It equals run_at of the live job, and '
'is null without one.';
comment on column outreach.campaign_prospects.linkedin_accepted_at is
'The best estimate of when the person accepted the invite. Null while no accept is '
'known.';
comment on column outreach.campaign_prospects.failed_classification is
'Why the enrollment failed. Null otherwise.';
comment on column outreach.campaign_prospects.template_error is
'Why the template cannot be rendered for this person. Null otherwise.';
comment on column outreach.campaign_prospects.paused_at is
'Null unless a person paused the enrollment.';

create index campaign_prospects_outstanding
on outreach.campaign_prospects (workspace_id, account_id)
where
    linkedin_accepted_at is null
    and (linkedin_invited_at is not null or linkedin_status = 'pending_accept');

create index campaign_prospects_by_prospect
on outreach.campaign_prospects (workspace_id, prospect_id);

create index campaign_prospects_parked
on outreach.campaign_prospects (workspace_id, campaign_id)
where linkedin_status = 'pending_template_fix';

create table outreach.enrollment_step_variants (
    workspace_id bigint not null,
    enrollment_id bigint not null,
    step_id bigint not null,
    variant text not null,
    assigned_at timestamptz not null,
    constraint enrollment_step_variants_pkey
    primary key (workspace_id, enrollment_id, step_id),
    constraint enrollment_step_variants_enrollment_fkey
    foreign key (workspace_id, enrollment_id)
    references outreach.campaign_prospects (workspace_id, enrollment_id),
    constraint enrollment_step_variants_step_fkey
    foreign key (workspace_id, step_id)
    references outreach.campaign_steps (workspace_id, step_id)
);

comment on table outreach.enrollment_step_variants is
'The variant of a step that an enrollment gets. It is decided once and stays, '
'whatever the weights become later.';

create table outreach.linkedin_chats (
    workspace_id bigint not null,
    account_id bigint not null,
    prospect_id bigint not null,
    chat_id text not null,
    started_at timestamptz not null,
    constraint linkedin_chats_pkey primary key (workspace_id, account_id, prospect_id),
    constraint linkedin_chats_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint linkedin_chats_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id),
    constraint a_chat_has_an_id check (chat_id <> '')
);

comment on table outreach.linkedin_chats is
'The chat that the first message of an account to a person started. Later messages go '
'there.';

create table outreach.prospect_cooldowns (
    workspace_id bigint not null,
    account_id bigint not null,
    prospect_id bigint not null,
    action text not null,
    cooled_until timestamptz not null,
    reason text not null,
    created_at timestamptz not null default clock_timestamp(),
    constraint prospect_cooldowns_pkey
    primary key (workspace_id, account_id, prospect_id, action),
    constraint prospect_cooldowns_account_fkey
    foreign key (workspace_id, account_id)
    references outreach.linkedin_accounts (workspace_id, account_id),
    constraint prospect_cooldowns_prospect_fkey
    foreign key (workspace_id, prospect_id)
    references outreach.prospects (workspace_id, prospect_id)
);

comment on table outreach.prospect_cooldowns is
'A person who gets no action of this kind by the account until a moment. The job stays '
'queued with its time, and a claim passes over it.';

create table outreach.pause_audit (
    workspace_id bigint not null,
    pause_id bigint generated always as identity,
    subject text not null,
    subject_id bigint not null,
    is_paused boolean not null,
    actor text not null,
    reason text not null,
    changed_at timestamptz not null,
    constraint pause_audit_pkey primary key (workspace_id, pause_id),
    constraint pause_audit_workspace_fkey
    foreign key (workspace_id) references outreach.workspaces (workspace_id),
    constraint a_pause_is_of_a_known_subject check (
        subject in ('account', 'campaign', 'enrollment')
    ),
    constraint a_pause_has_a_reason check (reason <> '' and actor <> '')
);

comment on table outreach.pause_audit is
'Each pause and each end of a pause, with who and why.';
comment on column outreach.pause_audit.subject is
'What was paused: an account, a campaign or an enrollment.';
comment on column outreach.pause_audit.subject_id is
'The id of the account, campaign or enrollment.';
