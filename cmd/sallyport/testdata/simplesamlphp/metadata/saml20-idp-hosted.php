<?php

// hosted.json says what this test wants signed and encrypted; it is read for
// each request, so that one instance serves every test.
$metadata['__DYNAMIC:1__'] = json_decode(file_get_contents(getenv('SALLYPORT_TEST_FOLDER') . '/hosted.json'), true) + [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.pem',
    'certificate' => 'idp.crt',
    'auth' => 'people',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'authproc' => [
        3 => [
            'class' => 'saml:AttributeNameID',
            'attribute' => 'mail',
            'Format' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        ],
    ],
];
