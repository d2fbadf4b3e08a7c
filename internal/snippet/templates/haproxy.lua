-- Asks Sallyport about a request: http-request lua.sallyport HOST:PORT SCHEME HOST
-- One file for every application. It needs nothing but HAProxy's own Lua.

-- What a good answer tells the application.
local identity = {
{{range .Secret}}    "{{lower .}}",
{{end}}}

-- What Sallyport looks at, beside what this proxy says itself.
local asked = {
    "cookie", "accept", "accept-language", "content-type", "origin", "user-agent", "x-requested-with",
    "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-websocket-key", "upgrade",
}

-- What belongs to the connection between this proxy and Sallyport.
local own = {
    ["connection"] = true, ["content-length"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true,
    ["upgrade"] = true, ["trailer"] = true, ["date"] = true,
}
for _, name in ipairs(identity) do own[name] = true end

-- HAProxy numbers the values of a header from 0.
local function values(list)
    local all = {}
    if list ~= nil then
        for i = 0, #list do
            if list[i] ~= nil then all[#all + 1] = list[i] end
        end
    end
    return all
end

local function refuse(txn, status, headers, body)
    local reply = txn:reply { status = status, body = body }
    for name, list in pairs(headers) do
        for _, value in ipairs(list) do reply:add_header(name, value) end
    end
    txn:done(reply)
end

local function failed(txn)
    refuse(txn, 503, { ["content-type"] = { "text/plain; charset=utf-8" }, ["cache-control"] = { "no-store" } },
        "The sign-in service does not answer. Try again in a moment.\n")
end

core.register_action("sallyport", { "http-req" }, function(txn, service, scheme, host)
    local sent = txn.http:req_get_headers()
    local headers = {
        ["host"] = { host },
        ["x-forwarded-method"] = { txn.sf:method() },
        ["x-forwarded-proto"] = { scheme },
        ["x-forwarded-host"] = { host },
        ["x-forwarded-uri"] = { txn.sf:pathq() },
        ["x-forwarded-for"] = { txn.sf:src() },
    }
    for _, name in ipairs(asked) do
        local list = values(sent[name])
        if #list > 0 then
            headers[name] = { table.concat(list, name == "cookie" and "; " or ", ") }
        end
    end

    local answer = core.httpclient():get {
        url = "http://" .. service .. "/gateway/forward-auth",
        headers = headers,
        timeout = 10000,
    }
    if answer == nil or answer.status == nil or answer.status < 200 then
        return failed(txn)
    end
    if answer.status == 200 then
        for _, name in ipairs(identity) do
            txn.http:req_del_header(name)
            for _, value in ipairs(values(answer.headers[name])) do txn.http:req_add_header(name, value) end
        end
        return
    end
    local told = {}
    for name, list in pairs(answer.headers) do
        if not own[name] then told[name] = values(list) end
    end
    refuse(txn, answer.status, told, answer.body or "")
end, 3)
