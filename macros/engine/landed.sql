{# Before a build: what was landed is there to be read. #}
{% macro prepare_landed() %}
    {%- if execute %}{{ return(adapter.dispatch('prepare_landed')()) }}{% endif -%}
{% endmacro %}

{# Stops with a plain word where nothing was landed yet; DuckDB would only say that a pattern matches no file. #}
{% macro default__prepare_landed() %}
    {%- set folder = env_var('YIBAO_DATA', 'data') ~ '/landing/files' %}
    {%- if run_query("select count(*) from glob('" ~ folder ~ "/*/ledger.parquet')").columns[0].values()[0] == 0 %}
        {{ exceptions.raise_compiler_error(
            "还没有落地任何文件：" ~ folder ~ " 里没有数据。请先运行 yibao land --inbox 导出文件夹 --data 数据文件夹"
            ~ "（或设置环境变量 YIBAO_DATA 指向已有的数据文件夹），再运行 dbt build。"
            ~ " Nothing is landed yet: run `yibao land` first."
        ) }}
    {%- endif %}
    {%- set issued = env_var('YIBAO_DATA', 'data') ~ '/issued' %}
    {%- if run_query("select count(*) from glob('" ~ issued ~ "/*/*/issue.parquet')").columns[0].values()[0] == 0 %}
        {{ exceptions.raise_compiler_error(
            "报送留存没有准备好：" ~ issued ~ "。请先运行一次 yibao land，再运行 dbt build。 Run `yibao land` once first."
        ) }}
    {%- endif %}
{% endmacro %}

{#
  A view over the landed files of each dataset, in the schema that the sources name; names without a schema are the target's. The views bear the
  call that made them: `yibao run` sees by it that somebody else built there since (yibao/warehouse/on_spark.py).
#}
{% macro spark__prepare_landed() %}
    {%- set here = env_var('YIBAO_DATA', 'data') %}
    {%- set on_cluster = env_var('YIBAO_CLUSTER_DATA', here) %}
    {%- for node in graph.sources.values() %}
        {%- if loop.first %}{% do run_query("create schema if not exists " ~ node.schema) %}{% endif %}
        {%- set files = node.config.meta.external_location.split("'")[1].replace('{name}', node.name).replace(here, on_cluster, 1) %}
        {%- do run_query(
            "create or replace view " ~ node.schema ~ "." ~ node.name ~ " tblproperties ('yibao.invocation' = '" ~ invocation_id ~ "')"
            ~ " as select * from parquet.`" ~ files ~ "`"
        ) %}
    {%- endfor %}
    {%- do run_query("use " ~ target.schema) %}
{% endmacro %}
