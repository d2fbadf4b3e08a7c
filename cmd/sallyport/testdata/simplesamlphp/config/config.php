<?php

// A private instance: everything it writes stays in the folder that the
// tests name, and it is never reached from elsewhere.
$folder = getenv('SALLYPORT_TEST_FOLDER');

$config = [
    'baseurlpath' => getenv('SALLYPORT_TEST_URL') . '/simplesaml/',
    'certdir' => "$folder/cert/",
    'loggingdir' => "$folder/log/",
    'datadir' => "$folder/data/",
    'tempdir' => "$folder/tmp/",
    'metadatadir' => __DIR__ . '/../metadata/',
    'metadata.sources' => [
        ['type' => 'flatfile', 'directory' => __DIR__ . '/../metadata/'],
        ['type' => 'xml', 'file' => "$folder/sp.xml"],
    ],
    'secretsalt' => 'only-for-tests',
    'auth.adminpassword' => 'never-used',
    'technicalcontact_name' => 'Tests',
    'technicalcontact_email' => 'tests@example.com',
    'timezone' => 'UTC',
    'logging.level' => 5,
    'logging.handler' => 'file',
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => false,
    'session.cookie.samesite' => 'None', // as an identity provider of single logout by HTTP-POST needs it
    'store.type' => 'sql',
    'store.sql.dsn' => "sqlite:$folder/data/store.sq3",
    'trusted.url.domains' => ['localhost', '127.0.0.1'],
    'language.available' => ['en'],
    'language.default' => 'en',
    'showerrors' => true,
    'errorreporting' => false,
];
